package profiles

import (
	"strings"
	"testing"
)

// A file says of which version its defaults are: of none, it is one of before.
func TestVersion(t *testing.T) {
	const rest = "name: x\nphases:\n  - {name: a, kind: hold, duration: 1s, rate: 1/s}\n"
	for line, want := range map[string]struct {
		version  int
		asBefore bool
	}{"": {0, true}, "version: 1\n": {1, true}, "version: 2\n": {2, false}} {
		f, err := Parse("f.yaml", []byte(line+rest))
		if err != nil || f.Version != want.version || f.AsBefore() != want.asBefore {
			t.Errorf("%q: version %d, as before %v, %v", line, f.Version, f.AsBefore(), err)
		}
		again, err := Parse("f.yaml", f.YAML())
		if err != nil || again.Version != f.Version {
			t.Errorf("%q is written as\n%s%v", line, f.YAML(), err)
		}
	}
	for _, version := range []string{"0", "3", "two", "2.0", "-1"} {
		if _, err := Parse("f.yaml", []byte("# a file\nversion: "+version+"\n"+rest)); err == nil || !strings.HasPrefix(err.Error(), "f.yaml:2: version must be 1 (") {
			t.Errorf("%s: error %v", version, err)
		}
	}
}

// The built-in profiles have today's defaults, and so has what is made of one that was printed.
func TestBuiltinsHaveTheCurrentVersion(t *testing.T) {
	for _, name := range Builtins() {
		source, _ := Builtin(name)
		f, err := Parse(name, source)
		if err != nil || f.Version != CurrentVersion {
			t.Errorf("%s: version %d, %v", name, f.Version, err)
		}
	}
}

// Requests are drawn unless the file says that they follow each other.
func TestOrder(t *testing.T) {
	const rest = "name: x\nphases:\n  - {name: a, kind: hold, duration: 1s, rate: 1/s}\n"
	for _, order := range []string{"", "sequential", "random"} {
		line := ""
		if order != "" {
			line = "order: " + order + "\n"
		}
		f, err := Parse("f.yaml", []byte(rest+line))
		if err != nil || f.Order != order {
			t.Errorf("%q: %q, %v", line, f.Order, err)
		}
		if again, err := Parse("f.yaml", f.YAML()); err != nil || again.Order != order {
			t.Errorf("%q is written as\n%s%v", line, f.YAML(), err)
		}
	}
	if _, err := Parse("f.yaml", []byte(rest+"order: shuffled\n")); err == nil || !strings.HasPrefix(err.Error(), "f.yaml:4: order must be sequential or random") {
		t.Errorf("error %v", err)
	}
}

func TestVersionOfHTTP(t *testing.T) {
	const rest = "name: x\nphases:\n  - {name: a, kind: hold, duration: 1s, rate: 1/s}\n"
	for _, version := range []string{"1.1", "2", "3", "auto", `"1.1"`} {
		want := strings.Trim(version, `"`)
		f, err := Parse("f.yaml", []byte(rest+"http: "+version+"\n"))
		if err != nil || f.HTTP != want {
			t.Errorf("%s: %q, %v", version, f.HTTP, err)
		}
		if again, err := Parse("f.yaml", f.YAML()); err != nil || again.HTTP != want {
			t.Errorf("%s is written as\n%s%v", version, f.YAML(), err)
		}
	}
	if _, err := Parse("f.yaml", []byte(rest+"http: 1.0\n")); err == nil || !strings.HasPrefix(err.Error(), "f.yaml:4: http must be 1.1, 2, 3 or auto") {
		t.Errorf("error %v", err)
	}
}

func TestAcceptEncoding(t *testing.T) {
	const rest = "name: x\nphases:\n  - {name: a, kind: hold, duration: 1s, rate: 1/s}\n"
	f, err := Parse("f.yaml", []byte(rest+"accept_encoding: zstd, gzip\n"))
	if err != nil || f.Accept != (Text{"zstd, gzip", 4}) {
		t.Errorf("%+v, %v", f.Accept, err)
	}
	if again, err := Parse("f.yaml", f.YAML()); err != nil || again.Accept.Text != f.Accept.Text {
		t.Errorf("written as\n%s%v", f.YAML(), err)
	}
}
