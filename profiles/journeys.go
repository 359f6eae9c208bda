package profiles

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/seed-5a006608/bench/loadgen/units"
)

// Journey is several requests of one user as written in a test file. This package does not check its texts.
type Journey struct {
	Name      string
	Weight    float64 // 0: not given
	Vars      []Var   // in the order of the file
	Steps     []JourneyStep
	NoCookies bool // cookies: off
	Line      int
}

// Var is a text that is drawn once for each journey.
type Var struct {
	Name, Text string
	Line       int
}

// JourneyStep is one of the requests of a journey; its path may be a name alone, such as {{next}}.
type JourneyStep struct {
	Request
	URL    string  // of another host than the target, in place of Path; "": not given
	Think  Think   // think time before the step; zero: no think time
	Chance float64 // chance (0-1) that the step is asked; 0: not given
	Repeat [2]int  // least and most times that the step is asked; 0: not given
	While  string  // the name of a take, for which it is asked again
	Take   []Take
	GoOn   bool // on-failure: go-on
}

// Take is what is taken of a step's answer.
type Take struct {
	Name, From string
	Else       *string // in place of what is missing; nil: not given
	Pick       bool    // of several one is drawn
	Line       int
}

// Reference returns the name that a path consists of, as in {{next}}; "" where it does not.
func Reference(path string) string {
	name, opened := strings.CutPrefix(path, "{{")
	name, closed := strings.CutSuffix(name, "}}")
	if name = strings.TrimSpace(name); opened && closed && !strings.ContainsAny(name, "{} ") {
		return name
	}
	return ""
}

const (
	maxFileJourneys = 100
	maxFileSteps    = 100
	maxRepeat       = 1000
)

var (
	journeyKeys = []string{"name", "weight", "vars", "steps", "cookies"}
	stepKeys    = []string{"name", "method", "path", "url", "headers", "body", "body_template", "expect", "take", "think", "chance", "repeat", "while", "on-failure"}
)

func (r *fileReader) journeyList(out *File, pair yamlPair) (err error) {
	if out.Journeys, err = listOf(r, pair, "", maxFileJourneys, r.journey); err != nil {
		return err
	}
	lines := map[string]int{}
	for _, j := range out.Journeys {
		if line, taken := lines[j.Name]; taken {
			return r.errorf(j.Line, "journey %q: there is one of that name already, on line %d", j.Name, line)
		}
		lines[j.Name] = j.Line
	}
	return nil
}

func (r *fileReader) journey(i int, node ast.Node) (Journey, error) {
	where := "journey " + strconv.Itoa(i+1) + ": "
	out := Journey{Line: lineOf(node)}
	pairs, err := r.mapping(node, where, "a journey", journeyKeys)
	if err != nil {
		return out, err
	}
	for _, pair := range pairs {
		switch pair.key {
		case "vars":
			if out.Vars, err = r.vars(pair, where); err != nil {
				return out, err
			}
			continue
		case "steps":
			if out.Steps, err = r.steps(pair, where); err != nil {
				return out, err
			}
			continue
		}
		text, err := r.text(pair, where)
		if err != nil {
			return out, err
		}
		switch pair.key {
		case "name":
			if out.Name, err = partName("name", text); err != nil {
				return out, r.errorf(pair.line, "%s%v", where, err)
			}
		case "weight":
			if out.Weight, err = parseWeight(text); err != nil {
				return out, r.errorf(pair.line, "%s%v", where, err)
			}
		case "cookies":
			if out.NoCookies = text == "off" || text == "false"; !out.NoCookies && text != "on" && text != "true" {
				return out, r.errorf(pair.line, "%scookies are on or off, got %s", where, quote(text))
			}
		}
	}
	switch {
	case out.Name == "":
		return out, r.errorf(out.Line, "%sname missing; add one such as \"name: buy\"", where)
	case len(out.Steps) == 0:
		return out, r.errorf(out.Line, "%ssteps missing; add at least one, with a name and a path", where)
	}
	return out, nil
}

// partName checks the name of a journey or a step, which thresholds name as in p99{buy/order}.
func partName(key, text string) (string, error) {
	if err := checkText(text, key, 64); err != nil {
		return "", err
	}
	if strings.ContainsAny(text, "/{} \t") {
		return "", fmt.Errorf("%s holds no slash, brace or space, so that p99{buy/order} names a step, got %s", key, quote(text))
	}
	return text, nil
}

func parseWeight(text string) (float64, error) {
	weight, ok := units.ParseNumber(text)
	if !ok || !(weight > 0) || weight > 1e9 {
		return 0, fmt.Errorf("weight must be a number above 0, got %s", quote(text))
	}
	return weight, nil
}

func (r *fileReader) vars(pair yamlPair, where string) (list []Var, err error) {
	pairs, err := r.mapping(pair.value, where, "vars", nil)
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		text, err := r.text(p, where+"vars: ")
		if err != nil {
			return nil, err
		}
		list = append(list, Var{p.key, text, p.line})
	}
	return list, nil
}

func (r *fileReader) steps(pair yamlPair, where string) ([]JourneyStep, error) {
	list, err := listOf(r, pair, where, maxFileSteps, func(i int, node ast.Node) (JourneyStep, error) {
		return r.step(where+"step "+strconv.Itoa(i+1)+": ", node, i == 0)
	})
	lines := map[string]int{}
	for _, s := range list {
		if line, taken := lines[s.Name]; taken {
			return nil, r.errorf(s.Line, "%sstep %q: there is one of that name already, on line %d", where, s.Name, line)
		}
		lines[s.Name] = s.Line
	}
	return list, err
}

func (r *fileReader) step(where string, node ast.Node, first bool) (out JourneyStep, err error) {
	out.Line = lineOf(node)
	pairs, err := r.mapping(node, where, "a step", stepKeys)
	if err != nil {
		return out, err
	}
	for _, pair := range pairs {
		fail := func(format string, args ...any) (JourneyStep, error) {
			return out, r.errorf(pair.line, where+format, args...)
		}
		if pair.key == "take" {
			if out.Take, err = r.takes(pair, where); err != nil {
				return out, err
			}
			continue
		}
		known, err := r.requestKey(&out.Request, pair, where)
		if err != nil {
			return out, err
		}
		if known {
			continue
		}
		text, err := r.text(pair, where)
		if err != nil {
			return out, err
		}
		switch pair.key {
		case "path":
			out.Path = text
			if Reference(text) == "" && !strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "?") {
				return fail("path must begin with a slash, or with the ? of a query, or be one name such as {{next}}; the host is the target's")
			}
		case "url":
			if out.URL = text; !fixedOrigin(text) {
				return fail("url must be http:// or https:// with a host, before which no user and in which no value stands, as in https://login.example/in, got %s", quote(text))
			}
		case "think":
			if first {
				return fail("think stands before the step that it is written at: nobody thinks before the first, which is due when the journey arrives")
			}
			if out.Think, err = ParseThink(text); err != nil {
				return fail("%v", err)
			}
		case "chance":
			if first {
				return fail("chance: a journey begins with its first step, which is always asked; let weight say how often there is such a journey")
			}
			chance, ok := units.ParseNumber(text)
			if strings.HasSuffix(text, "%") {
				chance, ok = units.ParsePercent(text)
				chance /= 100
			}
			if out.Chance = chance; !ok || !(chance > 0) || chance > 1 {
				return fail("chance must be a share above 0 such as 80%%, got %s", quote(text))
			}
		case "repeat":
			low, high, several := strings.Cut(text, "..")
			if !several {
				high = low
			}
			from, wrong := strconv.Atoi(low)
			to, alsoWrong := strconv.Atoi(high)
			if out.Repeat = [2]int{from, to}; wrong != nil || alsoWrong != nil || from < 1 || to < from || to > maxRepeat {
				return fail("repeat must be a number of times such as 3, or 1..5, of at most %d, got %s", maxRepeat, quote(text))
			}
		case "while":
			out.While = text
		case "on-failure":
			if out.GoOn = text == "go-on"; !out.GoOn && text != "end" {
				return fail("on-failure is end, or go-on, got %s", quote(text))
			}
		}
	}
	if out.Name, err = partName("name", out.Name); err != nil {
		return out, r.errorf(out.Line, "%s%v", where, err)
	}
	switch {
	case out.Path != "" && out.URL != "":
		return out, r.errorf(out.Line, "%spath and url both say where it goes: keep path for the target, url for another host", where)
	case out.Path == "" && out.URL == "":
		return out, r.errorf(out.Line, `%spath missing; add one such as "path: /items/{{item}}"`, where)
	case out.While != "" && out.Repeat[1] > 0:
		return out, r.errorf(out.Line, "%srepeat and while both say how often it is asked: keep one", where)
	}
	return out, nil
}

// fixedOrigin reports whether a URL has a scheme, a host and a port that do not depend on what is drawn or taken.
func fixedOrigin(text string) bool {
	rest, ok := strings.CutPrefix(text, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(text, "http://")
	}
	host := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host = rest[:i]
	}
	return ok && host != "" && !strings.ContainsAny(host, "@{} \\")
}

// requestKey reads one of the keys that a step has in common with a request; known is false of others.
func (r *fileReader) requestKey(out *Request, pair yamlPair, where string) (known bool, err error) {
	switch pair.key {
	case "headers":
		out.Headers, err = r.headers(pair, where)
		return true, err
	case "expect":
		out.Expect, err = r.texts(pair, where)
		return true, err
	case "name", "method", "body", "body_template":
		text, err := r.text(pair, where)
		switch pair.key {
		case "name":
			out.Name = text
		case "method":
			out.Method = strings.ToUpper(text)
		case "body":
			out.Body = text
		case "body_template":
			out.BodyTemplate = text
		}
		return true, err
	}
	return false, nil
}

// takes reads what is taken of an answer: a mapping of names, or a list of such. In each of them else and pick are about its names.
func (r *fileReader) takes(pair yamlPair, where string) (list []Take, err error) {
	nodes := []ast.Node{pair.value}
	if seq, ok := pair.value.(*ast.SequenceNode); ok {
		nodes = seq.Values
	}
	for _, node := range nodes {
		pairs, err := r.mapping(node, where+"take: ", "a take", nil)
		if err != nil {
			return nil, err
		}
		begin, pick := len(list), false
		var otherwise *string
		for _, p := range pairs {
			text, err := r.text(p, where+"take: ")
			if err != nil {
				return nil, err
			}
			switch p.key {
			case "else":
				otherwise = &text
			case "pick":
				if pick = text == "true" || text == "yes"; !pick && text != "false" && text != "no" {
					return nil, r.errorf(p.line, "%stake: pick is true or false, got %s", where, quote(text))
				}
			default:
				list = append(list, Take{Name: p.key, From: text, Line: p.line})
			}
		}
		if len(list) == begin {
			return nil, r.errorf(pair.line, `%stake takes nothing; name something such as {id: "json:$.id"}`, where)
		}
		for i := begin; i < len(list); i++ {
			list[i].Else, list[i].Pick = otherwise, pick
		}
	}
	return list, nil
}

func (f File) writeJourneys(b *bytes.Buffer) {
	if len(f.Journeys) == 0 {
		return
	}
	b.WriteString("journeys:\n")
	for _, j := range f.Journeys {
		fmt.Fprintf(b, "  - name: %s\n", yamlText(j.Name))
		if j.Weight != 0 {
			fmt.Fprintf(b, "    weight: %s\n", strconv.FormatFloat(j.Weight, 'g', -1, 64))
		}
		if j.NoCookies {
			b.WriteString("    cookies: off\n")
		}
		if len(j.Vars) > 0 {
			b.WriteString("    vars:\n")
		}
		for _, v := range j.Vars {
			fmt.Fprintf(b, "      %s: %s\n", yamlText(v.Name), yamlText(v.Text))
		}
		b.WriteString("    steps:\n")
		for i := range j.Steps {
			j.Steps[i].write(b)
		}
	}
}

func (s *JourneyStep) write(b *bytes.Buffer) {
	const indent = "        "
	key, at := "path", s.Path
	if s.URL != "" {
		key, at = "url", s.URL
	}
	fmt.Fprintf(b, "      - name: %s\n%s%s: %s\n", yamlText(s.Name), indent, key, yamlText(at))
	s.writeCommon(b, indent)
	for _, line := range []struct {
		key   string
		given bool
		text  string
	}{
		{"think", s.Think != Think{}, s.Think.String()}, {"chance", s.Chance != 0, strconv.FormatFloat(s.Chance, 'g', -1, 64)},
		{"repeat", s.Repeat[1] > 0, fmt.Sprintf("%d..%d", s.Repeat[0], s.Repeat[1])}, {"while", s.While != "", s.While}, {"on-failure", s.GoOn, "go-on"},
	} {
		if line.given {
			fmt.Fprintf(b, "%s%s: %s\n", indent, line.key, yamlText(line.text))
		}
	}
	if len(s.Take) > 0 {
		fmt.Fprintf(b, "%stake:\n", indent)
	}
	for _, t := range s.Take {
		fmt.Fprintf(b, "%s  - %s: %s\n", indent, yamlText(t.Name), yamlText(t.From))
		if t.Else != nil {
			fmt.Fprintf(b, "%s    else: %s\n", indent, yamlText(*t.Else))
		}
		if t.Pick {
			fmt.Fprintf(b, "%s    pick: true\n", indent)
		}
	}
}
