package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/report"
)

// Every flag that a report or a message advises is a flag of a command that has such a report or message.
func TestAdvisedFlagsAreFlags(t *testing.T) {
	known := map[string]bool{}
	root := newRoot(streams{in: strings.NewReader(""), out: io.Discard, err: io.Discard})
	for _, name := range []string{"spike", "sustained", "report"} {
		c, _, err := root.Find([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			known["--"+f.Name] = true
			if f.Shorthand != "" {
				known["-"+f.Shorthand] = true
			}
		})
	}
	advised := map[string]string{}
	for _, s := range report.Settings {
		advised[caller.Setting(s)] = "setting " + string(s)
	}
	name := func(text, of string) {
		for _, flag := range regexp.MustCompile(`(?:^| )(--?[a-zA-Z][a-z0-9-]*)`).FindAllStringSubmatch(text, -1) {
			advised[flag[1]] = of
		}
	}
	for kind, text := range remedies {
		name(text, kind)
	}
	for _, h := range hints {
		name(h.text, h.of.Error())
	}
	for flag, of := range advised {
		if !known[flag] {
			t.Errorf("%s: %s is no flag", of, flag)
		}
	}
}

// An error names no flag and is told with those that help, wherever it was wrapped.
func TestErrorsAreToldWithTheirHints(t *testing.T) {
	for want, err := range map[string]error{
		"a: the wire engine does not follow redirects: use --engine http": asUsage(fmt.Errorf("a: %w", loadgen.ErrWireFollow)),
		"h: is it the right file? -k takes any certificate":               preflight.Finding{Text: "h: is it the right file?", Cause: preflight.ErrNotInFile}.Err(),
		"h: does not answer": preflight.Finding{Text: "h: does not answer"}.Err(),
	} {
		if got := hinted(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for _, h := range hints {
		if strings.Contains(h.of.Error(), " -") {
			t.Errorf("%q names a flag", h.of)
		}
	}
}
