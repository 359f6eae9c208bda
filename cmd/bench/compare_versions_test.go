package main

import (
	"testing"

	"github.com/spf13/pflag"
)

// Each side is spoken to by its own version of HTTP, and is called by it where the names are the same; both are served alike.
func TestSidesHaveVersionsOfHTTP(t *testing.T) {
	for _, tc := range []struct {
		args     []string
		versions [2]string
		labels   [2]string
	}{
		{[]string{"cached", "cached", "--a-http", "1.1", "--b-http", "2"}, [2]string{"1.1", "2"}, [2]string{"cached HTTP/1.1", "cached HTTP/2"}},
		{[]string{"cached", "uncached", "--a-http", "1.1", "--b-http", "2"}, [2]string{"1.1", "2"}, [2]string{"cached", "uncached"}},
		{[]string{"cached", "cached", "--http", "2", "--a-http", "1.1"}, [2]string{"1.1", "2"}, [2]string{"cached HTTP/1.1", "cached HTTP/2"}},
		{[]string{"cached", "cached", "--http", "2"}, [2]string{"2", "2"}, [2]string{"cached", "cached (2)"}},
	} {
		var o compareOptions
		f := pflag.NewFlagSet("", pflag.ContinueOnError)
		o.addCompareFlags(f)
		if err := f.Parse(append(tc.args, "--h2-connections", "3")); err != nil {
			t.Fatal(err)
		}
		arms, err := o.armsOf(f.Args())
		if err != nil {
			t.Errorf("%v: %v", tc.args, err)
			continue
		}
		for i, a := range arms {
			connections := map[string]int{"1.1": 0, "2": 3}[tc.versions[i]]
			if a.Plan.HTTP != tc.versions[i] || a.Label != tc.labels[i] || a.Plan.Wire.Connections != connections {
				t.Errorf("%v: side %d is %q, by HTTP/%s over %d connections", tc.args, i, a.Label, a.Plan.HTTP, a.Plan.Wire.Connections)
			}
		}
		if !o.serving.HTTP2 {
			t.Errorf("%v: HTTP/2 is not served", tc.args)
		}
	}
}
