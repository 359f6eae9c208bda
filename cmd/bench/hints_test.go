package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
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
	for _, name := range []string{"spike", "sustained", "report", "capacity", "gate"} {
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

// What a package below the command says names no flag of bench, but where flags are declared and where bench starts itself.
func TestPackagesNameNoFlags(t *testing.T) {
	known := map[string]bool{}
	for _, c := range commandsOf(newRoot(streams{in: strings.NewReader(""), out: io.Discard, err: io.Discard})) {
		c.Flags().VisitAll(func(f *pflag.Flag) { known["--"+f.Name] = true })
	}
	flags, quoted := regexp.MustCompile(`--[a-z][a-z0-9-]*`), regexp.MustCompile("`[^`]*`")
	mayName := map[string]bool{"options.go": true, "child.go": true, "generators.go": true, "linked.go": true}
	look := func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || mayName[d.Name()] || filepath.Base(filepath.Dir(path)) == "peers" {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Error(err)
			}
			for _, flag := range flags.FindAllString(quoted.ReplaceAllString(text, ""), -1) {
				if known[flag] {
					t.Errorf("%s: %q names %s", set.Position(n.Pos()), text, flag)
				}
			}
			return true
		})
		return nil
	}
	for _, root := range []string{"loadgen", "profiles", "report", "targets"} {
		if err := filepath.WalkDir(filepath.Join("..", "..", root), look); err != nil {
			t.Fatal(err)
		}
	}
}
