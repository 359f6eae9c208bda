// Package journey is the state of the journeys in progress: which step of each is due next, what it has taken out of answers, its
// cookies, and how it ended. It knows no clock and no engine: it is told of exchanges, and says what follows.
//
//   - book.go: the journeys in progress, and what follows an exchange; start here
//   - sending.go: what of a journey a request is made of
//   - counts.go: what became of the journeys of a phase
//   - disturbed.go: which of them had a step that bench's lateness disturbed
//   - due.go: how much fell due when
//   - tail.go: how long journeys may go on after the last arrival
package journey

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"golang.org/x/net/publicsuffix"
)

// Config says which journeys there are. Instants are since Epoch.
type Config struct {
	Mix      *request.Mix
	Epoch    time.Time
	Expect   []request.Expect           // conditions for an answer of a step without its own
	ReadBody int                        // longest body that is read, in bytes
	Phases   int                        // number of phases that are counted apart
	PhaseOf  func(at time.Duration) int // the phase in which a journey arrives at an instant
	AtOnce   int                        // most journeys in progress at once: one more is not begun; 0: any number

	// Disturbed says whether what is due at an instant is disturbed, and whether that is known yet. When all exchanges are over it is of
	// every instant. Nil: nothing is. It is called by one goroutine at a time.
	Disturbed func(at time.Duration) (was, known bool)

	Ended func(at time.Duration, o End) // told of each journey that has come to an end, by when it arrived; nil: nobody wants to know
}

// Book holds the journeys in progress of a run, or of one loop of it. Its methods may be called by several goroutines at once, for
// one number by one at a time.
type Book struct {
	Config
	mu     sync.Mutex
	going  map[uint64]*going
	counts [][]Counts        // by phase and journey
	most   int               // journeys that were in progress at once
	due    []uint32          // steps by when they fell due, in beats
	ended  []ended           // ended journeys whose disturbances are not known yet
	since  runfile.Histogram // from the arrival to when a step was due
	kept   bool              // a cookie was kept back, for it is sent over https alone
}

// going is a journey in progress.
type going struct {
	index   int // of its journey
	journey *request.CompiledJourney
	arrival time.Duration

	step, round, rounds int // its place; rounds is the most often that the step is asked

	texts        []string
	jar          *cookiejar.Jar // nil: no answer has set a cookie
	before, sent whither        // of the exchange before, and of this one

	thought          time.Duration
	response, target time.Duration // sums over the steps that are over
	begun            bool          // an exchange of it is over
	beyond           bool          // it is one too many
	atAnswer         bool          // its step is due at the answer before: nobody thinks
	suspicion
	more bool // the answer is one for which its step is repeated
}

// whither is where a request goes.
type whither struct {
	part   int      // of the mix, whose host it is
	target string   // path and query; "": there was no request
	led    *url.URL // URL of the last redirect; nil: no redirect
}

// New returns a book without journeys.
func New(c Config) *Book {
	b := &Book{Config: c, going: make(map[uint64]*going), counts: make([][]Counts, c.Phases), since: runfile.Histogram{Digits: runfile.DetailDigits}}
	for i := range b.counts {
		b.counts[i] = make([]Counts, len(c.Mix.Journeys))
		for j := range b.counts[i] {
			b.counts[i][j] = newCounts(len(c.Mix.Journeys[j].Steps))
		}
	}
	return b
}

// of returns journey k, which arrives at an instant unless it is in progress already.
func (b *Book) of(k uint64, arrival time.Duration) *going {
	b.mu.Lock()
	g := b.going[k]
	b.mu.Unlock()
	if g != nil {
		return g
	}
	i := b.Mix.Journey(k)
	j := &b.Mix.Journeys[i]
	g = &going{index: i, journey: j, arrival: arrival, rounds: j.Steps[0].Asked(k), texts: j.Draw(k, b.Epoch.Add(arrival))}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.going[k] = g
	g.beyond = b.AtOnce > 0 && len(b.going) > b.AtOnce
	b.most = max(b.most, len(b.going))
	return g
}

// Keep returns how much of the body of the answer to journey k's request is kept.
func (b *Book) Keep(k uint64) int {
	g := b.of(k, 0)
	step := &g.journey.Steps[g.step]
	return b.Mix.Requests[step.Part].PackedKeep(step.Keep(b.Expect, b.ReadBody))
}

// Failure judges a whole answer, as [exchange.Config] has it, and takes out of it what its step takes.
func (b *Book) Failure(x *exchange.Exchange, body []byte) string {
	g := b.of(x.K, x.Intended)
	b.keepCookies(g, x)
	step := &g.journey.Steps[g.step]
	read := b.Mix.Requests[step.Part].Read(x, body, step.Keep(b.Expect, b.ReadBody))
	failure, more := step.Answer(x.K, g.round, g.texts, b.Expect, x, read, b.ReadBody)
	g.more = more
	return failure
}

// keepCookies puts in the jar what an answer sets.
func (b *Book) keepCookies(g *going, x *exchange.Exchange) {
	if !g.journey.Cookies || x.Header.Get("Set-Cookie") == "" {
		return
	}
	at := b.urlOf(&g.sent)
	if g.jar == nil {
		g.jar, _ = cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // it has no error to return
	}
	cookies := (&http.Response{Header: x.Header.Map()}).Cookies()
	g.jar.SetCookies(at, cookies)
	for _, c := range cookies {
		if c.Secure && at.Scheme == "http" {
			b.mu.Lock()
			b.kept = true
			b.mu.Unlock()
		}
	}
}

// urlOf returns the URL that a request goes to, or was led to; nil where there was none.
func (b *Book) urlOf(at *whither) *url.URL {
	if at.led != nil || at.target == "" {
		return at.led
	}
	c := &b.Mix.Requests[at.part]
	u := &url.URL{Scheme: c.Scheme, Host: c.Host, Path: "/"}
	if to, err := u.Parse(at.target); err == nil {
		return to
	}
	return u
}

// FollowUp takes an exchange that is over, as [exchange.Config] has it.
func (b *Book) FollowUp(x *exchange.Exchange) (due time.Duration, ok bool) {
	g := b.of(x.K, x.Intended)
	step := &g.journey.Steps[g.step]
	x.Part = step.Part
	response := x.Response()
	g.response += response
	g.target += response - x.Lag()
	first := !g.begun
	g.begun = true
	b.mu.Lock()
	defer b.mu.Unlock()
	phase := b.PhaseOf(g.arrival)
	c := &b.counts[phase][g.index]
	b.doubt(&g.suspicion, x.Intended)
	b.fell(x.Intended)
	if b.since.Record(x.Intended - g.arrival); b.PhaseOf(x.Intended) != phase {
		c.Later++
	}
	if g.atAnswer && x.WasSent() {
		c.LagAtAnswers.Record(x.Lag())
	}
	c.step(g.step, g.round, x, x.End-g.arrival-g.thought)
	if x.Outcome != exchange.Succeeded && !(step.GoOn && x.Over()) {
		b.end(x.K, g, c, endOf(x, first))
		return 0, false
	}
	switch {
	case step.While && x.Outcome == exchange.Succeeded && !g.more:
		g.round = g.rounds
	case x.Outcome != exchange.Succeeded && step.While:
		g.round = g.rounds
	default:
		g.round++
	}
	for g.round >= g.rounds {
		g.step, g.round = g.step+1, 0
		if g.step == len(g.journey.Steps) {
			b.end(x.K, g, c, Completed)
			return 0, false
		}
		if g.rounds = g.journey.Steps[g.step].Asked(x.K); g.rounds == 0 {
			c.Steps[g.step].LeftOut++
		}
	}
	think := g.journey.Steps[g.step].Think(x.K, g.round)
	g.atAnswer = think == 0
	g.thought += think
	g.before = g.sent
	return x.End + think, true
}

// end ends a journey.
func (b *Book) end(k uint64, g *going, c *Counts, o End) {
	delete(b.going, k)
	c.end(g, o)
	if o != Failed {
		b.judge(ended{g.suspicion, c, g.target, o != Completed})
	}
	if o == Failed || o == GivenUp {
		for i := g.step + 1; i < len(g.journey.Steps); i++ {
			if g.journey.Steps[i].Asked(k) > 0 {
				c.Steps[i].Stopped++
			} else {
				c.Steps[i].LeftOut++
			}
		}
	}
	if b.Ended != nil {
		b.Ended(g.arrival, o)
	}
}

// Unstarted takes the first exchange of a journey that was due and that no engine took.
func (b *Book) Unstarted(x *exchange.Exchange) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := b.Mix.Journey(x.K)
	g := &going{index: i, journey: &b.Mix.Journeys[i], arrival: x.Intended, response: x.Response(), target: x.Response() - x.Lag()}
	b.doubt(&g.suspicion, x.Intended)
	b.fell(x.Intended)
	b.end(x.K, g, &b.counts[b.PhaseOf(x.Intended)][i], Unstarted)
}

// Finish ends what is in progress when the run is over: those who think are unfinished. Of a journey that was only prepared nothing was
// due.
func (b *Book) Finish() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for k, g := range b.going {
		if g.begun {
			b.end(k, g, &b.counts[b.PhaseOf(g.arrival)][g.index], Unfinished)
		}
	}
	clear(b.going)
	b.letGo(0)
}

// InProgress returns how many journeys are in progress.
func (b *Book) InProgress() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.going)
}
