package reference

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Kind is how delays are distributed.
type Kind string

const (
	Fixed       Kind = "fixed" // each is the mean
	Exponential Kind = "exp"
)

// Service is the distribution of the delays, written fixed:20ms or exp:10ms. It can be a flag's value.
type Service struct {
	Kind Kind
	Mean time.Duration
}

const serviceForm = "want fixed:DURATION or exp:DURATION, such as fixed:20ms"

// ParseService reads what [Service.String] writes.
func ParseService(text string) (Service, error) {
	kind, mean, _ := strings.Cut(text, ":")
	d, err := time.ParseDuration(mean)
	s := Service{Kind(kind), d}
	switch {
	case err != nil, s.Kind != Fixed && s.Kind != Exponential:
		return Service{}, fmt.Errorf("service %q: %s", text, serviceForm)
	case d < 0, d == 0 && s.Kind == Exponential, d > time.Hour:
		return Service{}, fmt.Errorf("service %q: the duration must be above 0 (fixed:0s is allowed) and at most 1h", text)
	}
	return s, nil
}

func (s Service) orDefault() Service {
	if s == (Service{}) {
		return Service{Fixed, 20 * time.Millisecond}
	}
	return s
}

func (s Service) String() string {
	s = s.orDefault()
	return fmt.Sprintf("%s:%v", s.Kind, s.Mean)
}

// Set is ParseService, for flags.
func (s *Service) Set(text string) (err error) {
	*s, err = ParseService(text)
	return err
}

// Type names the value in a flag's usage.
func (s *Service) Type() string { return "service" }

func (s Service) draw(r *rand.Rand) time.Duration {
	if s.Kind == Exponential {
		return time.Duration(r.ExpFloat64() * float64(s.Mean))
	}
	return s.Mean
}

// Freeze is a time in which the server answers nothing at all, written AT,FOR as in 5s,2s. The zero value means: no freeze.
// It can be a flag's value.
type Freeze struct {
	At  time.Duration // since the first request
	For time.Duration
}

// ParseFreeze reads what [Freeze.String] writes.
func ParseFreeze(text string) (Freeze, error) {
	if text == "" {
		return Freeze{}, nil
	}
	at, length, _ := strings.Cut(text, ",")
	var f Freeze
	var err error
	if f.At, err = time.ParseDuration(at); err == nil {
		f.For, err = time.ParseDuration(length)
	}
	if err != nil {
		return Freeze{}, fmt.Errorf("freeze %q: want AT,FOR, such as 5s,2s: after 5 s, for 2 s", text)
	}
	if f.At < 0 || f.For <= 0 {
		return Freeze{}, fmt.Errorf("freeze %q: AT must be 0 or more and FOR above 0", text)
	}
	return f, nil
}

func (f Freeze) String() string {
	if f == (Freeze{}) {
		return ""
	}
	return fmt.Sprintf("%v,%v", f.At, f.For)
}

// Set is ParseFreeze, for flags.
func (f *Freeze) Set(text string) (err error) {
	*f, err = ParseFreeze(text)
	return err
}

// Type names the value in a flag's usage.
func (f *Freeze) Type() string { return "at,for" }
