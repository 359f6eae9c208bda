package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-5a006608/bench/report/sweep"
	"github.com/seed-5a006608/bench/targets"
)

// sweptTTL is the lifetime of pages in a sweep over strategies that names none: with the default of minutes a sweep would not see
// one expire.
const sweptTTL = "2s"

// swept is an option with the values that it takes in turn.
type swept struct {
	name   string
	values []string
}

// cell is a choice of values.
type cell struct {
	label   string
	values  map[string]string // by option, and that of {port}
	target  string            // name of a bundled service with its options, or a URL
	command string            // the command that serves the URL; "": it is served already
}

// grid is all choices.
type grid struct {
	subject string // what is swept
	options []swept
	cells   []cell
	notes   []string
}

// parseSwept reads --sweep.
func parseSwept(list []string) (options []swept, err error) {
	for _, text := range list {
		name, values, ok := strings.Cut(text, "=")
		s := swept{name: name}
		for v := range strings.SplitSeq(values, ",") {
			s.values = append(s.values, strings.TrimSpace(v))
		}
		switch {
		case !ok || !optionName.MatchString(name):
			return nil, fmt.Errorf("--sweep %s: write it as NAME=VALUE,VALUE, such as strategy=none,ttl", text)
		case name == "port":
			return nil, fmt.Errorf("--sweep %s: {port} is a free port; call the option otherwise", text)
		case slices.Contains(s.values, ""):
			return nil, fmt.Errorf("--sweep %s: a value is empty", text)
		case slices.ContainsFunc(options, func(o swept) bool { return o.name == name }):
			return nil, fmt.Errorf("--sweep %s: %s is swept twice: give all values once", text, name)
		}
		for i, v := range s.values {
			if slices.Contains(s.values[:i], v) {
				return nil, fmt.Errorf("--sweep %s: %s stands there twice", text, v)
			}
		}
		options = append(options, s)
	}
	return options, nil
}

var optionName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// grid lays out the cells: every value of each option with every value of the others.
func (o *compareOptions) grid(names []string) (*grid, error) {
	options, err := parseSwept(o.sweeping.options)
	if err != nil {
		return nil, err
	}
	g := &grid{subject: o.a, options: options}
	if len(names) == 1 {
		g.subject = names[0]
	}
	number := 1
	for _, s := range options {
		number *= len(s.values)
		if number > 1_000_000 {
			break
		}
	}
	bundled := !isURL(g.subject)
	// Choices of a bundled service may come to the same, so they are counted when they are made.
	if number > sweep.MostCells && (!bundled || number > 64) {
		return nil, tooMany(number)
	}
	choices := make([][]string, 1)
	for _, s := range options {
		var longer [][]string
		for _, c := range choices {
			for _, v := range s.values {
				longer = append(longer, append(slices.Clone(c), v))
			}
		}
		choices = longer
	}
	if bundled {
		err = o.bundledCells(g, choices)
	} else {
		err = o.servedCells(g, choices)
	}
	switch {
	case err != nil:
		return nil, err
	case len(g.cells) > sweep.MostCells:
		return nil, tooMany(len(g.cells))
	case len(g.cells) < 2 && len(choices) > 1:
		return nil, fmt.Errorf("--sweep compares two or more cells, got 1, as all values come to %s: give others", g.cells[0].target)
	case len(g.cells) < 2:
		return nil, fmt.Errorf("--sweep compares two or more cells, got %d: give the values of an option, as in size=1,2,4", len(g.cells))
	}
	g.subject = shownSubject(g.subject)
	return g, nil
}

func tooMany(cells int) error {
	return fmt.Errorf("a sweep has at most %d cells, and these are %d: give fewer values", sweep.MostCells, cells)
}

// shownSubject is the subject as a report may show it.
func shownSubject(subject string) string {
	if isURL(subject) {
		return withoutSecrets(subject)
	}
	return subject
}

// label names a cell: a strategy by its word, other values as OPTION=VALUE. Options without a value are left out.
func (g *grid) label(values map[string]string) string {
	var words []string
	for _, s := range g.options {
		v, ok := values[s.name]
		if s.name != "strategy" {
			v = s.name + "=" + v
		}
		if ok {
			words = append(words, v)
		}
	}
	return strings.Join(words, ", ")
}

// valuesOf are the values of a choice by their option.
func (g *grid) valuesOf(choice []string) map[string]string {
	values := map[string]string{}
	for i, v := range choice {
		values[g.options[i].name] = v
	}
	return values
}

// bundledCells makes cells of a bundled service. An option that a strategy does not have is left out of its cells, and of cells
// that come to the same there is one.
func (o *compareOptions) bundledCells(g *grid, choices [][]string) error {
	name, rest, given := strings.Cut(g.subject, ":")
	service, err := targets.Find(name)
	if err != nil {
		return noTarget(g.subject, err)
	}
	var base []string
	if given {
		base = strings.Split(rest, ",")
	}
	known := func(option string) bool {
		return slices.ContainsFunc(service.Options(), func(k targets.Option) bool { return k.Name == option })
	}
	strategies := slices.ContainsFunc(g.options, func(s swept) bool { return s.name == "strategy" })
	if strategies && !o.given.Changed("ttl") && !names(base, g.options, "ttl") {
		base = append(base, "ttl="+sweptTTL)
		g.notes = append(g.notes, "ttl="+sweptTTL+", as none was given")
	}
	for _, s := range g.options {
		if names(base, nil, s.name) {
			return fmt.Errorf("%s is an option of %s and of --sweep: give it once", s.name, g.subject)
		}
	}
	if strategies && slices.ContainsFunc(base, func(word string) bool { return slices.Contains(service.Strategies(), word) }) {
		return fmt.Errorf("strategy is an option of %s and of --sweep: give it once", g.subject)
	}
	same := map[string]string{}
	for _, choice := range choices {
		values := g.valuesOf(choice)
		strategy := values["strategy"]
		var words []string
		if strategy != "" {
			words = append(words, "strategy="+strategy)
		}
		for _, word := range append(slices.Clone(base), optionWords(g.options, choice)...) {
			option, _, _ := strings.Cut(word, "=")
			if strategies && known(option) && !service.Offers(option, strategy) {
				delete(values, option)
				continue
			}
			words = append(words, word)
		}
		t, err := targets.Parse(name+":"+strings.Join(words, ","), o.serving)
		if err != nil {
			return err
		}
		label := g.label(values)
		if first := same[t.Text]; first != "" {
			note := fmt.Sprintf("%s is the same as %s and left out", label, first)
			if label == first {
				note = label + " has not every option that is swept, and is one cell"
			}
			if !slices.Contains(g.notes, note) {
				g.notes = append(g.notes, note)
			}
			continue
		}
		same[t.Text] = label
		g.cells = append(g.cells, cell{label: label, values: values, target: t.Text})
	}
	return nil
}

// optionWords are the options of a choice but for the strategy.
func optionWords(options []swept, choice []string) (words []string) {
	for i, v := range choice {
		if options[i].name != "strategy" {
			words = append(words, options[i].name+"="+v)
		}
	}
	return words
}

// names reports whether an option is among words or among swept options.
func names(words []string, options []swept, option string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return w == option || strings.HasPrefix(w, option+"=") }) ||
		slices.ContainsFunc(options, func(s swept) bool { return s.name == option })
}

// servedCells makes cells of a URL, of the command that serves it, and of the test file.
func (o *compareOptions) servedCells(g *grid, choices [][]string) error {
	file := []byte{}
	if o.file != "" {
		var err error
		if file, err = readBounded(o.file); err != nil {
			return err
		}
	}
	texts := []string{g.subject, o.aCmd, string(file)}
	for _, s := range g.options {
		if !slices.ContainsFunc(texts, func(text string) bool { return stands(s.name, text) }) {
			return fmt.Errorf("--sweep %s: {%s} stands neither in the URL, nor in --a-cmd, nor in a test file (--file): nothing would change", s.name, s.name)
		}
	}
	switch stood := stands("port", g.subject); {
	case stood && o.aCmd == "":
		return errors.New("{port} is a free port for what --a-cmd starts: give the command")
	case stood && !stands("port", o.aCmd):
		return errors.New("{port} stands in --a and not in --a-cmd, which has to tell the service to listen there: put it into both")
	}
	for _, choice := range choices {
		c := cell{values: g.valuesOf(choice)}
		c.label = g.label(c.values)
		if slices.ContainsFunc(texts, func(text string) bool { return stands("port", text) }) {
			port, err := freePort(g.cells)
			if err != nil {
				return err
			}
			c.values["port"] = port
		}
		c.target, c.command = substitute(g.subject, c.values), substitute(o.aCmd, c.values)
		if c.command != "" && slices.ContainsFunc(g.cells, func(other cell) bool { return sameHost(other.target, c.target) }) {
			return errors.New("--a gives two cells one host and port, and all are up together: put {port} into --a and --a-cmd")
		}
		g.cells = append(g.cells, c)
	}
	return nil
}

// sameHost reports whether two URLs are of one host and port.
func sameHost(a, b string) bool {
	one, err1 := url.Parse(a)
	other, err2 := url.Parse(b)
	return err1 == nil && err2 == nil && one.Host == other.Host
}

// placeholder is a name in braces. The first group is what stands before: a shell's variable and a template are no placeholders.
var placeholder = regexp.MustCompile(`(^|[^${])\{([A-Za-z][A-Za-z0-9_-]*)\}`)

// stands reports whether a name stands in braces in a text.
func stands(name, text string) bool {
	return substitute(text, map[string]string{name: ""}) != text
}

// substitute puts values in the place of their names in braces. ${NAME} and {{NAME}} stay, and so do other names.
func substitute(text string, values map[string]string) string {
	var b strings.Builder
	for at := 0; ; {
		found := placeholder.FindStringSubmatchIndex(text[at:])
		if found == nil {
			return b.String() + text[at:]
		}
		name := text[at+found[4] : at+found[5]]
		v, ok := values[name]
		end := at + found[1]
		if ok && !strings.HasPrefix(text[end:], "}") {
			b.WriteString(text[at:at+found[3]] + v)
		} else {
			b.WriteString(text[at:end])
		}
		at = end
	}
}

// freePort is a port of this machine that nothing listens at and that no cell has. It is below those that systems give to
// outgoing connections, as bench's own to another cell could take it while this cell is started anew.
func freePort(cells []cell) (string, error) {
	const lowest, highest = 20000, 32000
	for range 1000 {
		port := strconv.Itoa(lowest + rand.IntN(highest-lowest))
		if slices.ContainsFunc(cells, func(c cell) bool { return c.values["port"] == port }) {
			continue
		}
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err != nil {
			continue
		}
		return port, l.Close()
	}
	return "", fmt.Errorf("{port}: no port from %d to %d is free", lowest, highest)
}
