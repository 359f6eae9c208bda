package request

import (
	"errors"
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/profiles"
)

// drawing is where the values of templates come from.
type drawing struct {
	seed  uint64
	names map[string]name // names of a journey's own texts; they win over values
}

// name is a name that a journey declares.
type name struct {
	slot    int
	problem error // why it cannot be used where the template stands; nil: it can
}

// parse reads what stands between {{ and }}.
func (d drawing) parse(words []string, purpose string) (value, error) {
	if len(words) == 1 {
		if n, declared := d.names[words[0]]; declared {
			return nameValue{slot: n.slot}, n.problem
		}
	}
	v, err := parseValue(words, profiles.NewStream(d.seed, purpose))
	if err != nil && d.names != nil && len(words) == 1 && !isValue(words[0]) {
		err = fmt.Errorf("is no name that this journey declares, and %w", err)
	}
	return v, err
}

// nameValue is the text that a name stands for.
type nameValue struct {
	slot   int
	change func(string) string // applied to the text, such as an escape; nil: unchanged
}

func (v nameValue) appendOf(dst []byte, texts []string) []byte {
	if v.slot >= len(texts) {
		return dst
	}
	text := texts[v.slot]
	if v.change != nil {
		text = v.change(text)
	}
	return append(dst, text...)
}

// append writes nothing: the text of a name does not follow from the number alone.
func (v nameValue) append(dst []byte, _ uint64, _ time.Time) []byte { return dst }

func (v nameValue) each(change func(string) string) value {
	if before := v.change; before != nil {
		return nameValue{v.slot, func(s string) string { return change(before(s)) }}
	}
	return nameValue{v.slot, change}
}

// names returns the slots of the names in a template.
func (t template) names() (slots []int) {
	for _, s := range t.segments {
		if v, ok := s.value.(nameValue); ok {
			slots = append(slots, v.slot)
		}
	}
	return slots
}

var errNamedHost = errors.New("no name may stand in it: which host is asked never comes from an answer")

// A step's values are drawn anew each time round: for number k and the round above it. Numbers stay below 2^48.
const (
	roundShift = 48
	numberMask = 1<<roundShift - 1
)

// Draw returns the number that values are drawn for, of journey k and a time round from 0.
func Draw(k uint64, round int) uint64 { return k&numberMask | uint64(round)<<roundShift }
