package profiles

import (
	"embed"
	"path"
	"slices"
	"strings"
)

//go:embed builtin/*.yaml
var builtin embed.FS

// Builtins returns the names of all built-in profiles, in alphabetical order.
func Builtins() []string {
	entries, _ := builtin.ReadDir("builtin") // embedded: it cannot fail
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// Builtin returns the source of a built-in profile, a test file that [Parse] reads, comments and all.
func Builtin(name string) (source []byte, ok bool) {
	if !slices.Contains(Builtins(), name) {
		return nil, false
	}
	source, err := builtin.ReadFile(path.Join("builtin", name+".yaml"))
	return source, err == nil
}

// Description returns the description of a built-in profile, which is one line there: each start of bench needs those of all
// commands, and the rest of one file at most.
func Description(name string) string {
	source, _ := Builtin(name)
	_, rest, _ := strings.Cut(string(source), "\ndescription: ")
	line, _, _ := strings.Cut(rest, "\n")
	return line
}

// Commands returns the names of the built-in profiles that are a command of their own, in the order in which a list
// shows them. The others are run as files.
func Commands() []string { return []string{"spike", "ramp", "sustained", "step", "soak"} }
