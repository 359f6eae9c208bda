package request

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// Journey is several requests of one user, one after the other.
type Journey struct {
	Name      string
	Weight    float64 // share relative to the other journeys' weights; 0 counts as 1
	Vars      []Var
	Steps     []Step
	NoCookies bool // cookies that answers set are not sent
	Line      int  // of its file
}

// Var is a text that is drawn once for each journey.
type Var struct {
	Name, Text string
	Line       int
}

// Step is a request of a journey, and when it is sent.
type Step struct {
	Request
	Reference string         // the name of a text that is the URL, read as a link in the answer before; "": Request.URL is
	Think     profiles.Think // before it
	Chance    float64        // share of journeys that ask the step (0-1); 0 counts as 1
	Repeat    [2]int         // how often it is asked, drawn between the two; 0: once
	While     string         // the name of a take: it is asked again as long as that is found
	Take      []Take
	GoOn      bool // the journey goes on when it fails
	Line      int
}

// maxRounds bounds the rounds of a step with while.
const maxRounds = 100

// The bounds of what journeys may hold.
const (
	maxJourneys = 100
	maxSteps    = 100
)

// CompiledJourney is a journey made ready.
type CompiledJourney struct {
	Name    string
	Steps   []CompiledStep
	Cookies bool
	vars    []compiledVar
	texts   int // how many names there are
}

type compiledVar struct {
	slot int
	text template
}

// CompiledStep is a step made ready.
type CompiledStep struct {
	Name  string
	Part  int  // index of its request in the mix
	GoOn  bool // the journey goes on when it fails
	While bool

	think     profiles.Think
	chance    float64
	repeat    uniformKey
	takes     []compiledTake
	loop      int // index of the take that repeats the step as long as it is found; -1: no such take
	reference int // slot of the text that is its URL; -1: the URL is a template
	expect    []Expect
	thinking  profiles.Stream
	chances   profiles.Stream
}

// JourneyError is about a line of the journeys' file.
type JourneyError struct {
	Line int
	Step string // name of the step; "": the error is of no step
	Err  error
}

func (e *JourneyError) Error() string {
	if e.Step == "" {
		return e.Err.Error()
	}
	return fmt.Sprintf("step %q: %v", runfile.Excerpt(e.Step), e.Err)
}

func (e *JourneyError) Unwrap() error { return e.Err }

// NewJourneyMix compiles journeys. Each step is an endpoint, named as journey/step. Its errors are [JourneyError]s, or those of
// [NewMix].
func NewJourneyMix(journeys []Journey, by Selection) (*Mix, error) {
	if len(journeys) == 0 || len(journeys) > maxJourneys {
		return nil, fmt.Errorf("there may be 1 to %d journeys, got %d", maxJourneys, len(journeys))
	}
	m := &Mix{Order: ordering{N: len(journeys), choice: profiles.NewStream(by.Seed, "request")}}
	known := origins{}
	var total float64
	for i := range journeys {
		total += cmp.Or(journeys[i].Weight, 1)
	}
	var sum float64
	names := map[string]bool{}
	for i := range journeys {
		j := &journeys[i]
		if names[j.Name] {
			return nil, &JourneyError{j.Line, "", fmt.Errorf("two journeys are called %q", runfile.Excerpt(j.Name))}
		}
		names[j.Name] = true
		c, err := m.compileJourney(j, by.Seed, "journey/"+strconv.Itoa(i), known)
		if err != nil {
			return nil, err
		}
		m.Journeys = append(m.Journeys, c)
		sum += cmp.Or(j.Weight, 1)
		m.Order.bounds = append(m.Order.bounds, sum/total)
	}
	m.Order.bounds[len(journeys)-1] = 1
	var err error
	m.grouped, err = m.group(runfile.GroupNever, by.Judged)
	return m, err
}

func (m *Mix) compileJourney(j *Journey, seed uint64, purpose string, known origins) (CompiledJourney, error) {
	c := CompiledJourney{Name: j.Name, Cookies: !j.NoCookies}
	d := declared{names: map[string]name{}, header: map[int]bool{}}
	for _, v := range j.Vars {
		if err := d.declare(v.Name, &c, nil); err != nil {
			return c, &JourneyError{v.Line, "", err}
		}
		t, err := parseTemplate("var "+v.Name, v.Text, drawing{seed: seed}, purpose+"/var/"+v.Name)
		if err == nil {
			err = checkReferences("var "+v.Name, v.Text)
		}
		if err == nil {
			t, err = t.resolved()
		}
		if err != nil {
			return c, &JourneyError{v.Line, "", err}
		}
		c.vars = append(c.vars, compiledVar{d.names[v.Name].slot, t})
	}
	if len(j.Steps) == 0 || len(j.Steps) > maxSteps {
		return c, &JourneyError{j.Line, "", fmt.Errorf("a journey has 1 to %d steps, got %d", maxSteps, len(j.Steps))}
	}
	if err := d.declareTakes(j.Steps, &c); err != nil {
		return c, err
	}
	for i := range j.Steps {
		s, err := m.compileStep(j, i, &d, seed, purpose+"/step/"+strconv.Itoa(i), known)
		if _, placed := errors.AsType[*JourneyError](err); err != nil && !placed {
			err = &JourneyError{j.Steps[i].Line, j.Steps[i].Name, err}
		}
		if err != nil {
			return c, err
		}
		c.Steps = append(c.Steps, s)
	}
	for i := range c.Steps {
		for n := range c.Steps[i].takes {
			t := &c.Steps[i].takes[n]
			t.inHeader = d.header[t.slot]
		}
	}
	return c, nil
}

func (m *Mix) compileStep(j *Journey, i int, d *declared, seed uint64, purpose string, known origins) (s CompiledStep, err error) {
	step := &j.Steps[i]
	switch {
	case i == 0 && step.Chance > 0:
		return s, errors.New("chance: a journey begins with its first step, which is always asked; let weight say how often there is such a journey")
	case i == 0 && step.Think != profiles.Think{}:
		return s, errors.New("think: nobody thinks before the first step, which is due when the journey arrives")
	}
	from := drawing{seed: seed, names: d.names}
	r := step.Request
	r.Name = j.Name + "/" + step.Name
	c, err := compileRequest(r, from, purpose)
	if err != nil {
		return s, err
	}
	c.Origin = known.of(m, &c)
	s = CompiledStep{
		Name: step.Name, Part: len(m.Requests), GoOn: step.GoOn, While: step.While != "", think: step.Think, chance: cmp.Or(step.Chance, 1), loop: -1, reference: -1,
		thinking: profiles.NewStream(seed, purpose+"/think"), chances: profiles.NewStream(seed, purpose+"/chance"),
		repeat: uniformKey{1, 0, profiles.NewStream(seed, purpose+"/repeat")},
	}
	if step.Repeat[1] > 0 {
		s.repeat.lo, s.repeat.span = int64(step.Repeat[0]), uint64(step.Repeat[1]-step.Repeat[0])
	}
	if step.Reference != "" {
		if s.reference, err = d.reference(step.Reference); err != nil {
			return s, err
		}
		c.Static = nil
	}
	for _, h := range c.Header.Drawn {
		for _, t := range h.values {
			for _, slot := range t.names() {
				d.header[slot] = true
			}
		}
	}
	if s.expect, err = namedExpect(c.expect, from); err != nil {
		return s, err
	}
	c.expect = s.expect
	m.Requests = append(m.Requests, c)
	for _, t := range step.Take {
		taken, err := compileTake(t)
		if err != nil {
			return s, &JourneyError{t.Line, "", fmt.Errorf("take %s: %w", t.Name, err)}
		}
		taken.slot, taken.picked = d.take(step, t.Name), profiles.NewStream(seed, purpose+"/pick/"+t.Name)
		if t.Name == step.While {
			s.loop = len(s.takes)
		}
		s.takes = append(s.takes, taken)
	}
	if step.While != "" && s.loop < 0 {
		return s, fmt.Errorf("while: it repeats as long as it takes %s, and takes nothing of that name", runfile.Excerpt(step.While))
	}
	return s, nil
}

// namedExpect replaces expected texts that hold names by templates.
func namedExpect(list []Expect, from drawing) ([]Expect, error) {
	list = slices.Clone(list)
	for i := range list {
		e := &list[i]
		if e.json == nil || e.json.equal == nil || !strings.Contains(*e.json.equal, openBraces) {
			continue
		}
		t, err := parseTemplate("expect", *e.json.equal, drawing{names: from.names}, "")
		if err != nil {
			return nil, err
		}
		for _, segment := range t.segments {
			if _, named := segment.value.(nameValue); segment.value != nil && !named {
				return nil, errors.New("expect: only names stand between its braces: a value would be drawn anew")
			}
		}
		json := *e.json
		json.named = &t
		e.json = &json
	}
	return list, nil
}

// Draw fills in a journey's vars for number k, which arrives at an instant.
func (c *CompiledJourney) Draw(k uint64, at time.Time) []string {
	texts := make([]string, c.texts)
	for _, v := range c.vars {
		texts[v.slot] = string(v.text.Append(nil, k, at))
	}
	return texts
}

// Asked returns how often the step is asked in journey k at first: 0 where chance leaves it out.
func (s *CompiledStep) Asked(k uint64) int {
	if s.chance < 1 && s.chances.Float64(k) >= s.chance {
		return 0
	}
	if s.While {
		return maxRounds
	}
	return int(s.repeat.lo) + int(s.repeat.draw(k))
}

// MostThink returns the longest that any journey thinks before the step, all its times round together.
func (s *CompiledStep) MostThink() time.Duration {
	rounds := s.repeat.lo + int64(s.repeat.span)
	if s.While {
		rounds = maxRounds
	}
	return time.Duration(rounds) * s.think.Most()
}

// Think returns how long journey k thinks before the step, its time round from 0.
func (s *CompiledStep) Think(k uint64, round int) time.Duration {
	return s.think.Draw(s.thinking, Draw(k, round))
}

// Keep returns how many bytes of the body of the step's answer have to be seen, of which at most so many are read.
func (s *CompiledStep) Keep(all []Expect, most int) int {
	bytes := keep(s.expected(all), most)
	for i := range s.takes {
		if s.takes[i].ofBody() {
			bytes = max(bytes, most+1)
		}
	}
	return bytes
}

func (s *CompiledStep) expected(all []Expect) []Expect {
	if len(s.expect) > 0 {
		return s.expect
	}
	return all
}

// Answer judges an answer to the step, and takes out of it what it takes: failure is its kind of failure, or "". More is false
// once the take that repeats the step was missing.
func (s *CompiledStep) Answer(k uint64, round int, texts []string, all []Expect, x *exchange.Exchange, body Body, most int) (failure string, more bool) {
	expected := s.expected(all)
	if len(expected) == 0 && len(s.takes) == 0 {
		return JudgeAnswer(nil, x.Status, x.Header, Body{}, 0), true
	}
	a := answer{status: x.Status, came: x.Header, body: body.Seen, unread: body.Unread, texts: texts}
	if failure = a.judge(expected, most); failure != "" {
		return failure, false
	}
	more = true
	for i := range s.takes {
		t := &s.takes[i]
		if t.ofBody() && body.Unread != "" {
			return "take: " + body.Unread, false
		}
		if t.ofBody() && len(body.Seen) > most {
			return TakeTooLong, false
		}
		text, ok := t.from(&a, Draw(k, round))
		switch {
		case ok:
			texts[t.slot] = text
		case i == s.loop:
			more = false
		default:
			return TakeFailed + t.Name, false
		}
	}
	return "", more
}

// Links reports whether the step's URL is a link taken from an answer.
func (s *CompiledStep) Links() bool { return s.reference >= 0 }

// TargetOf returns the request target of a step whose values are drawn for a number, and whose texts are these; base is the URL before,
// to which a link is relative, or nil. Its error is a [exchange.Refusal].
func (m *Mix) TargetOf(s *CompiledStep, draw uint64, due time.Time, texts []string, base *url.URL) ([]byte, error) {
	c := &m.Requests[s.Part]
	if s.reference < 0 {
		return c.Target.AppendOf(nil, draw, due, texts), nil
	}
	own := &url.URL{Scheme: c.Scheme, Host: c.Host}
	if base == nil {
		base = own
	}
	to, err := base.Parse(EncodedReference(texts[s.reference]))
	if err != nil || hasControl(texts[s.reference]) {
		return nil, &exchange.Refusal{Kind: TakeFailed + "link", Reason: "a link that was taken cannot be read"}
	}
	if to.Scheme != c.Scheme || !strings.EqualFold(to.Hostname(), own.Hostname()) || portOf(to) != portOf(own) || to.User != nil {
		return nil, &exchange.Refusal{Kind: TakeOtherHost, Reason: "a link that was taken leads away from the target"}
	}
	return []byte(to.RequestURI()), nil
}

func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

// SentHeader returns the header of a step, with cookies beside its own, whose names win.
func (m *Mix) SentHeader(s *CompiledStep, draw uint64, due time.Time, texts []string, cookies []*http.Cookie) http.Header {
	return AddCookies(m.Requests[s.Part].Header.RenderOf(draw, due, texts), cookies)
}

// AddCookies returns a header with cookies beside its own, whose names win.
func AddCookies(h http.Header, cookies []*http.Cookie) http.Header {
	if len(cookies) == 0 {
		return h
	}
	spelling, own := "Cookie", ""
	for name, values := range h {
		if strings.EqualFold(name, spelling) && len(values) > 0 {
			spelling, own = name, strings.Join(values, "; ")
		}
	}
	named := map[string]bool{}
	for pair := range strings.SplitSeq(own, ";") {
		name, _, _ := strings.Cut(strings.TrimSpace(pair), "=")
		named[name] = true
	}
	list := own
	for _, c := range cookies {
		if named[c.Name] {
			continue
		}
		if list != "" {
			list += "; "
		}
		list += (&http.Cookie{Name: c.Name, Value: c.Value, Quoted: c.Quoted}).String()
	}
	h = maps.Clone(h)
	h[spelling] = []string{list}
	return h
}

// Share returns a journey's share of the arrivals (0-1).
func (m *Mix) Share(journey int) float64 {
	before := 0.0
	if journey > 0 {
		before = m.Order.bounds[journey-1]
	}
	return m.Order.bounds[journey] - before
}

// Mean returns the mean number of requests of a step in a journey that goes to its end. A step with while counts as one round.
func (s *CompiledStep) Mean() float64 {
	if s.While {
		return s.chance
	}
	return s.chance * (float64(s.repeat.lo) + float64(s.repeat.span)/2)
}

// PerJourney returns the mean number of requests of a journey that goes to its end; 0: no journeys.
func (m *Mix) PerJourney() (requests float64) {
	for i := range m.Journeys {
		for n := range m.Journeys[i].Steps {
			requests += m.Share(i) * m.Journeys[i].Steps[n].Mean()
		}
	}
	return requests
}

// Journey returns which of the journeys number k is.
func (m *Mix) Journey(k uint64) int { return m.Order.at(k) }

// FewestRows returns how many rows the shortest csv file has that journeys are drawn from; 0: they are drawn from no file.
func (m *Mix) FewestRows() (rows int) {
	see := func(t template) {
		for _, s := range t.segments {
			if c, ok := s.value.(csvKey); ok && (rows == 0 || len(c.rows) < rows) {
				rows = len(c.rows)
			}
		}
	}
	for i := range m.Journeys {
		for _, v := range m.Journeys[i].vars {
			see(v.text)
		}
	}
	for i := range m.Requests {
		c := &m.Requests[i]
		see(c.Target)
		see(c.Body)
		for _, h := range c.Header.Drawn {
			for _, t := range h.values {
				see(t)
			}
		}
	}
	return rows
}

// MeanThink returns how long a journey thinks on average, if it goes to its end.
func (m *Mix) MeanThink() (think time.Duration) {
	for i := range m.Journeys {
		for n := range m.Journeys[i].Steps {
			s := &m.Journeys[i].Steps[n]
			think += time.Duration(m.Share(i) * s.Mean() * float64(s.think.Mean))
		}
	}
	return think
}

// WithoutThinking returns journeys whose users ask the next step at once.
func WithoutThinking(journeys []Journey) []Journey {
	list := slices.Clone(journeys)
	for i := range list {
		list[i].Steps = slices.Clone(list[i].Steps)
		for n := range list[i].Steps {
			list[i].Steps[n].Think = profiles.Think{}
		}
	}
	return list
}
