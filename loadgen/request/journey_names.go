package request

import (
	"fmt"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// declared are the names of a journey, and what is known of them while its steps are compiled in order.
type declared struct {
	names  map[string]name
	header map[int]bool // slots that stand in a header
}

// declare gives a name its slot.
func (d *declared) declare(text string, c *CompiledJourney, problem error) error {
	switch {
	case isValue(text):
		return fmt.Errorf("the name %s hides the value {{%s}}: give it another", text, text)
	case !isName(text):
		return fmt.Errorf("a name is of letters, digits, _ and -, got %q", runfile.Excerpt(text))
	}
	d.names[text] = name{slot: c.texts, problem: problem}
	c.texts++
	return nil
}

func isName(text string) bool {
	for i, r := range text {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || i > 0 && (r >= '0' && r <= '9' || r == '-')) {
			return false
		}
	}
	return text != "" && len(text) <= 64
}

// declareTakes declares what the steps take, which no step may use before it is taken.
func (d *declared) declareTakes(steps []Step, c *CompiledJourney) error {
	for i := range steps {
		for _, t := range steps[i].Take {
			if _, again := d.names[t.Name]; again {
				continue
			}
			missing := fmt.Errorf("is of a name that is taken later, by step %q", runfile.Excerpt(steps[i].Name))
			if err := d.declare(t.Name, c, missing); err != nil {
				return &JourneyError{t.Line, "", err}
			}
		}
	}
	return nil
}

// take lets the steps after one use a name that it takes, if the name is then sure to stand for a text. It returns the name's slot.
func (d *declared) take(step *Step, text string) (slot int) {
	n := d.names[text]
	switch {
	case n.problem == nil:
	case step.Chance != 0 || step.GoOn:
		n.problem = fmt.Errorf("is of a name that step %q takes, which need not be asked or may fail: declare it among the vars too", runfile.Excerpt(step.Name))
	case text == step.While:
		n.problem = fmt.Errorf("is of a name that step %q takes until it is missing: declare it among the vars too", runfile.Excerpt(step.Name))
	default:
		n.problem = nil
	}
	d.names[text] = n
	return n.slot
}

// reference returns the slot of a name that is a step's whole path.
func (d *declared) reference(text string) (slot int, err error) {
	n, known := d.names[text]
	switch {
	case !known:
		return -1, fmt.Errorf("path: {{%s}} is no name that this journey declares", runfile.Excerpt(text))
	case n.problem != nil:
		return -1, fmt.Errorf("path: {{%s}} %w", text, n.problem)
	}
	return n.slot, nil
}

// UnusedTakes returns the takes that no step uses, with their lines.
func UnusedTakes(journeys []Journey) (list []Take) {
	for i := range journeys {
		j := &journeys[i]
		var text strings.Builder
		for s := range j.Steps {
			step := &j.Steps[s]
			fmt.Fprintln(&text, step.URL, step.Body, "{{"+step.Reference+"}}", "{{"+step.While+"}}")
			for _, values := range step.Header {
				fmt.Fprintln(&text, values)
			}
			for _, e := range step.Expect {
				if e.json != nil && e.json.equal != nil {
					fmt.Fprintln(&text, *e.json.equal)
				}
			}
		}
		used := map[string]bool{}
		for _, part := range strings.Split(text.String(), openBraces)[1:] {
			expression, _, _ := strings.Cut(part, closeBraces)
			used[strings.TrimSpace(expression)] = true
		}
		for s := range j.Steps {
			for _, t := range j.Steps[s].Take {
				if !used[t.Name] {
					list = append(list, t)
				}
			}
		}
	}
	return list
}
