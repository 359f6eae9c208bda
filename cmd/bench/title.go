package main

import (
	"strings"

	"github.com/spf13/pflag"
)

// secretFlags are the flags whose values may be secrets.
var secretFlags = []string{"db", "user", "header", "body", "body-template"}

// hideSecrets takes what may be a secret out of what the system shows of this process's arguments, which
// everybody on the machine may read: those of flags, and who is named in a URL. A file's name and a single word stay.
func hideSecrets(flags *pflag.FlagSet) {
	var values []string
	for _, a := range flags.Args() {
		_, rest, _ := strings.Cut(a, "://")
		authority, _, _ := strings.Cut(rest, "/")
		if i := strings.LastIndex(authority, "@"); i > 0 {
			values = append(values, authority[:i+1])
		}
	}
	for _, name := range secretFlags {
		f := flags.Lookup(name)
		if f == nil || !f.Changed {
			continue
		}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = append(values, list.GetSlice()...)
		} else {
			values = append(values, f.Value.String())
		}
	}
	for _, v := range values {
		if len(v) > 1 && v[0] != '@' && strings.ContainsAny(v, ":=@") {
			hideArgument(v)
		}
	}
}
