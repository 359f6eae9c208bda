package profiles

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The bounds of a profile. They keep a schedule's arithmetic exact to the nanosecond and its memory small.
const (
	MaxPhases   = 1000
	MaxDuration = 7 * 24 * time.Hour
	MaxRate     = 1e7  // requests per second
	MinRate     = 1e-6 // requests per second; a lower rate must be 0
	MaxEven     = 1e12 // arrivals in the mean, evenly spaced
	MaxPoisson  = 1e9  // arrivals in the mean, Poisson: each is drawn once before the run
)

// fieldError is an error in one field of a profile. Parse adds the file and the line.
type fieldError struct {
	phase   int    // index of the phase, -1 for the profile itself
	label   string // name of that phase for its author
	field   string // key in the file
	problem string
}

func (e *fieldError) Error() string {
	if e.phase < 0 {
		return e.problem
	}
	return e.label + ": " + e.problem
}

// Validate returns the first error in the profile; it names the phase and what to do.
func (p Profile) Validate() error {
	fail := func(field, format string, args ...any) error {
		return &fieldError{phase: -1, field: field, problem: fmt.Sprintf(format, args...)}
	}
	if err := checkProfileName(p.Name); err != nil {
		return fail("name", "%v", err)
	}
	if p.Arrivals != "" {
		if _, err := parseArrivals(string(p.Arrivals)); err != nil {
			return fail("arrivals", "%v", err)
		}
	}
	if len(p.Phases) == 0 {
		return fail("phases", "no phases; add at least one, with a name, a kind, a duration and a rate")
	}
	if len(p.Phases) > MaxPhases {
		return fail("phases", "a profile holds at most %d phases, got %d", MaxPhases, len(p.Phases))
	}
	ofUsers := p.OfUsers()
	first := make(map[string]int, len(p.Phases))
	var total time.Duration
	for i, ph := range p.Phases {
		if field, problem := ph.check(); problem != "" {
			return &fieldError{i, phaseLabel(i, ph.Name), field, problem}
		}
		if j, dup := first[ph.Name]; dup {
			return &fieldError{i, phaseLabel(i, ph.Name), "name",
				fmt.Sprintf("phases %d and %d have the same name; give each its own", j+1, i+1)}
		}
		if problem := ph.checkUsers(ofUsers); problem != "" {
			return &fieldError{i, phaseLabel(i, ph.Name), "vus", problem}
		}
		first[ph.Name] = i
		if total += ph.Duration; total > MaxDuration {
			return &fieldError{i, phaseLabel(i, ph.Name), "duration",
				fmt.Sprintf("all phases together may last %v, got more; shorten this or an earlier one", MaxDuration)}
		}
	}
	return p.checkTotals(fail)
}

func (p Profile) checkTotals(fail func(field, format string, args ...any) error) error {
	n, limit := p.Expected(), float64(MaxEven)
	if p.Arrivals == Poisson {
		limit = MaxPoisson
	}
	if n > limit {
		return fail("phases", "at most %.0f %s arrivals can be planned, got %.0f; lower the rates or shorten the phases",
			limit, p.arrivals(), n)
	}
	if p.OfUsers() {
		return nil
	}
	measured := 0.0
	for _, ph := range p.Phases {
		if ph.Kind != Warmup {
			measured += ph.expected()
		}
	}
	if measured < 1-1e-9 { // 1/3 per second for 3 s is 0.9999999999999999 and means 1
		return fail("phases", "the phases after warm-up must offer at least 1 request, got %.3g; "+
			"raise a rate or lengthen a phase", measured)
	}
	return nil
}

func (p Profile) arrivals() Arrivals {
	if p.Arrivals == "" {
		return Even
	}
	return p.Arrivals
}

// check returns the field that is wrong and why; an empty problem means all is well.
func (ph Phase) check() (field, problem string) {
	if err := checkText(ph.Name, "name", 64); err != nil {
		return "name", err.Error()
	}
	if _, err := parseKind(string(ph.Kind)); err != nil {
		return "kind", err.Error()
	}
	if ph.Duration <= 0 {
		return "duration", fmt.Sprintf("duration must be above 0, got %v", ph.Duration)
	}
	fields := [2]string{"from", "to"}
	if ph.From == ph.To {
		fields[0] = "rate"
	}
	for i, r := range [2]float64{ph.From, ph.To} {
		if err := checkRate(fields[i], r); err != nil {
			return fields[i], err.Error()
		}
	}
	return "", ""
}

// checkUsers says what is wrong with a phase of a profile of users, or of rates.
func (ph Phase) checkUsers(of bool) string {
	switch {
	case ph.FromVUs < 0 || ph.ToVUs < 0 || max(ph.FromVUs, ph.ToVUs) > MaxVUs:
		return fmt.Sprintf("vus must be 0 to %d, got %d and %d", MaxVUs, ph.FromVUs, ph.ToVUs)
	case of && (ph.From != 0 || ph.To != 0):
		return "it has a rate, and others have users; users who wait for their answers decide the rate: give every phase vus, or none"
	}
	return ""
}

func checkRate(field string, r float64) error {
	switch {
	case math.IsNaN(r) || math.IsInf(r, 0):
		return fmt.Errorf("%s must be a finite number, got %v", field, r)
	case r < 0:
		return fmt.Errorf("%s must be above 0, got %s", field, strings.TrimSuffix(formatRate(r), "/s"))
	case r > MaxRate:
		return fmt.Errorf("%s must be at most %s, got %s", field, formatRate(MaxRate), formatRate(r))
	case r > 0 && r < MinRate:
		return fmt.Errorf("%s must be 0 or at least %s, got %s", field, formatRate(MinRate), formatRate(r))
	}
	return nil
}

// A profile's name becomes part of file names, so it has no character with a meaning in paths.
func checkProfileName(name string) error {
	if err := checkText(name, "name", 64); err != nil {
		return err
	}
	for i, r := range name {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		if !letter && (i == 0 || !strings.ContainsRune(" ._-", r)) {
			return fmt.Errorf("name must begin with a letter or digit and hold only letters, digits, "+
				"space, '.', '_' and '-', got %s", quote(name))
		}
	}
	return nil
}

func checkText(s, field string, maxBytes int) error {
	switch {
	case s == "":
		return fmt.Errorf("%s missing; add one", field)
	case len(s) > maxBytes:
		return fmt.Errorf("%s must be at most %d bytes, got %d", field, maxBytes, len(s))
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }):
		return fmt.Errorf("%s must hold only printable characters, got %s", field, quote(s))
	case strings.TrimSpace(s) != s:
		return fmt.Errorf("%s must not begin or end with a space, got %s", field, quote(s))
	}
	return nil
}

// parseArrivals reads "even" or "poisson".
func parseArrivals(s string) (Arrivals, error) {
	return oneOf("arrivals", s, []Arrivals{Even, Poisson})
}

func parseKind(s string) (Kind, error) { return oneOf("kind", s, kinds) }

func oneOf[T ~string](field, got string, known []T) (T, error) {
	names := make([]string, len(known))
	for i, k := range known {
		if string(k) == got {
			return k, nil
		}
		names[i] = string(k)
	}
	list := strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
	if near := Suggest(got, names); near != "" {
		return "", fmt.Errorf("%s must be %s, got %s: did you mean %q?", field, list, quote(got), near)
	}
	return "", fmt.Errorf("%s must be %s, got %s", field, list, quote(got))
}

func phaseLabel(i int, name string) string {
	if name == "" {
		return "phase " + strconv.Itoa(i+1)
	}
	return "phase " + quote(name)
}

// quote shows text that came from outside: escaped, and cut where it is longer than a message should be.
func quote(s string) string {
	const most = 60
	if len(s) <= most {
		return strconv.Quote(s)
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strconv.Quote(s[:cut]) + "…"
}
