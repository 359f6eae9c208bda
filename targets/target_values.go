package targets

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

// value is an option's value.
type value interface {
	Set(text string) error
	String() string // a text that Set reads back
}

// length is a duration of at least so much.
type length struct {
	d     *time.Duration
	least time.Duration
}

func (l *length) Set(text string) error {
	const most = 24 * time.Hour
	d, err := time.ParseDuration(text)
	if err != nil || d < l.least || d > most {
		return fmt.Errorf("%q: want a time such as 500ms or 2s, from %s to 24h", text, brief(l.least))
	}
	*l.d = d
	return nil
}

func (l *length) String() string { return brief(*l.d) }

// brief writes a duration without parts that are 0.
func brief(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// number is a whole number of at least so much.
type number struct {
	n     *int
	least int
}

func (n *number) Set(text string) error {
	const most = 1_000_000
	v, err := strconv.Atoi(text)
	if err != nil || v < n.least || v > most {
		return fmt.Errorf("%q: want a whole number from %d to %d", text, n.least, most)
	}
	*n.n = v
	return nil
}

func (n *number) String() string { return strconv.Itoa(*n.n) }

// share is a part of a whole, as a percentage.
type share struct{ v *float64 }

func (s *share) Set(text string) error {
	var p Part
	if err := p.Set(text); err != nil || p > 1 {
		return fmt.Errorf("%q: want a share such as 75%%, of at most 100%%", text)
	}
	*s.v = float64(p)
	return nil
}

func (s *share) String() string { p := Part(*s.v); return p.String() }

// onOff is a switch.
type onOff bool

func (v *onOff) Set(text string) error {
	if text != "on" && text != "off" {
		return fmt.Errorf("%q: want on or off", text)
	}
	*v = text == "on"
	return nil
}

func (v *onOff) String() string {
	if *v {
		return "on"
	}
	return "off"
}

// bare is a switch that is on where its name stands.
type bare bool

func (v *bare) Set(string) error { *v = true; return nil }

func (v *bare) String() string { return map[bool]string{true: "on"}[bool(*v)] }

// mix is how many of a hundred requests are reads, and how many writes.
type mix struct{ reads, writes int }

func (m *mix) Set(text string) error {
	reads, writes, ok := strings.Cut(text, "/")
	r, err1 := strconv.Atoi(reads)
	w, err2 := strconv.Atoi(writes)
	if err := errors.Join(err1, err2); err != nil || !ok || r < 0 || w < 0 || r+w != 100 {
		return fmt.Errorf("%q: want percent of reads and of writes that add up to 100, such as 95/5", text)
	}
	*m = mix{r, w}
	return nil
}

// of are the requests of a service in this mix: those that only read it alone, or the headline written beside. Both draw their
// keys by one law.
func (m *mix) of(reads []Request) []Request {
	if m.writes == 0 {
		return reads
	}
	read, write := reads[0], headlineRequest
	read.Consistency = &Consistency{Key: categoryKey, Version: "header:X-Version", Initial: catalogue.FirstVersion}
	read.Weight, write.Weight = float64(m.reads)/100, float64(m.writes)/100
	if m.reads == 0 {
		return []Request{write}
	}
	return []Request{read, write}
}

func (m *mix) String() string { return fmt.Sprintf("%d/%d", m.reads, m.writes) }
