package journey

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/profiles"
	"pgregory.net/rapid"
)

// asked is a request as a server gets it.
type asked struct {
	k      uint64
	at     time.Duration
	step   string
	target string
	header http.Header
	body   string
}

// answer is what becomes of it.
type answer struct {
	took    time.Duration
	outcome exchange.Outcome
	status  int
	header  http.Header
	body    string
}

// helper is a test, of whichever package.
type helper interface{ Helper() }

const gap = 10 * time.Millisecond

// run sends n journeys, each a gap after the one before, to a server in virtual time, without lag.
func run(t helper, b *Book, n uint64, serve func(asked) answer) (sent []asked, failures map[string]int) {
	t.Helper()
	failures = map[string]int{}
	var later exchange.Later
	for k := range n {
		later.Push(k, time.Duration(k)*gap)
	}
	for k, at, ok := later.First(); ok; k, at, ok = later.First() {
		later.Pop()
		x := &exchange.Exchange{K: k, Intended: at, Slot: at, Free: at, Sent: max(at, 1)}
		s, err := b.Send(k, at)
		if err != nil {
			x.Outcome, x.Kind, x.End = exchange.Failed, exchange.RefusalKind(err), at
		} else {
			c := &b.Mix.Requests[s.Part]
			a := asked{k, at, c.Name, string(s.Target), s.Header, string(c.Body.AppendOf(nil, s.Draw, b.Epoch.Add(at), s.Texts))}
			sent = append(sent, a)
			got := serve(a)
			x.End, x.Outcome, x.Status, x.Header.Fields = at+got.took, got.outcome, got.status, got.header
			if x.Outcome == exchange.Succeeded {
				kept := got.body[:min(len(got.body), b.Keep(k))]
				if x.Kind = b.Failure(x, []byte(kept)); x.Kind != "" {
					x.Outcome = exchange.Failed
				}
			}
		}
		if due, ok := b.FollowUp(x); ok {
			later.Push(k, due)
		}
		failures[x.Kind]++
	}
	return sent, failures
}

func newBook(t testing.TB, journeys ...request.Journey) *Book {
	t.Helper()
	m, err := request.NewJourneyMix(journeys, request.Selection{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{Mix: m, Epoch: time.Unix(0, 0), ReadBody: 1 << 10, Phases: 1, PhaseOf: func(time.Duration) int { return 0 }})
}

func step(name, path string, change func(*request.Step)) request.Step {
	s := request.Step{Request: request.Request{Name: name, URL: "http://shop.test" + path}}
	if change != nil {
		change(&s)
	}
	return s
}

func take(name, from string) []request.Take { return []request.Take{{Name: name, From: from}} }

// shop is who logs in, looks at an item, orders it and sometimes pays.
func shop() request.Journey {
	return request.Journey{
		Name: "buy",
		Vars: []request.Var{{Name: "user", Text: "u{{seq}}"}, {Name: "item", Text: "{{uniform 1 100}}"}},
		Steps: []request.Step{
			step("login", "/login", func(s *request.Step) {
				s.Method, s.Body, s.Take = "POST", `{"user":"{{user}}"}`, take("token", "json:$.token")
			}),
			step("item", "/items/{{item}}", func(s *request.Step) {
				s.Header, s.Think = http.Header{"Authorization": {"Bearer {{token}}"}}, profiles.Think{Law: profiles.UniformThink, Low: time.Second, High: 3 * time.Second}
			}),
			step("order", "/orders?from={{token}}", func(s *request.Step) {
				s.Method, s.Body, s.Take = "POST", `{"item": {{item}}}`, take("id", "header:Location~/orders/(.+)")
			}),
			step("pay", "/orders/{{id}}/pay", func(s *request.Step) { s.Chance = 0.8 }),
		},
	}
}

// shopAnswer is what the shop says.
func shopAnswer(a asked) answer {
	out := answer{took: 5 * time.Millisecond, status: 200, header: http.Header{}}
	switch a.step {
	case "buy/login":
		out.body = fmt.Sprintf(`{"token":"t&%d"}`, a.k)
		out.header.Set("Set-Cookie", fmt.Sprintf("session=s%d; Path=/", a.k))
	case "buy/order":
		out.header.Set("Location", fmt.Sprintf("/orders/o%d", a.k))
	}
	return out
}

// What is taken is that journey's own, and escaped where it stands.
func TestWhatIsTakenIsSent(t *testing.T) {
	b := newBook(t, shop())
	const n = 200
	items, paid := map[uint64]string{}, uint64(0)
	sent, _ := run(t, b, n, shopAnswer)
	for _, a := range sent {
		want := map[string]string{
			"buy/login": "/login", "buy/order": fmt.Sprintf("/orders?from=t%%26%d", a.k), "buy/pay": fmt.Sprintf("/orders/o%d/pay", a.k),
		}[a.step]
		switch a.step {
		case "buy/login":
			if want := fmt.Sprintf(`{"user":"u%d"}`, a.k); a.body != want {
				t.Errorf("login %d: body %s, want %s", a.k, a.body, want)
			}
		case "buy/item":
			items[a.k] = strings.TrimPrefix(a.target, "/items/")
			want = a.target
			if got, want := a.header.Get("Authorization"), fmt.Sprintf("Bearer t&%d", a.k); got != want {
				t.Errorf("item %d: %q, want %q", a.k, got, want)
			}
		case "buy/order":
			if want := fmt.Sprintf(`{"item": %s}`, items[a.k]); a.body != want {
				t.Errorf("order %d: body %s, want %s", a.k, a.body, want)
			}
		case "buy/pay":
			paid++
		}
		cookie := fmt.Sprintf("session=s%d", a.k)
		if a.step == "buy/login" {
			cookie = ""
		}
		if a.target != want || a.header.Get("Cookie") != cookie {
			t.Errorf("%s %d: %s with cookie %q, want %s with %q", a.step, a.k, a.target, a.header.Get("Cookie"), want, cookie)
		}
	}
	c := &Counted([]*Book{b}, 0)[0]
	if c.Completed != n || c.Arrived() != n || b.InProgress() != 0 {
		t.Errorf("%d completed of %d, %d in progress", c.Completed, c.Arrived(), b.InProgress())
	}
	if pay := c.Steps[3]; pay.Asked != paid || pay.LeftOut != n-paid || paid < 140 || paid > 180 {
		t.Errorf("%d asked and %d left out, of %d paid", pay.Asked, pay.LeftOut, paid)
	}
	// Journey time leaves out what was thought, and is the sum of the steps' responses.
	if lowest, highest := c.Time.Quantile(0), c.Time.Quantile(1); lowest < 15*time.Millisecond-1e5 || highest > 20*time.Millisecond+1e5 || c.Steps[2].Since.Quantile(1) > 16*time.Millisecond {
		t.Errorf("journeys took %v to %v, the order was there %v after the arrival", lowest, highest, c.Steps[2].Since.Quantile(1))
	}
}

// Whatever becomes of the steps, all arrivals are accounted for, and each step of each of them.
func TestAllArrivalsAreAccountedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := shop()
		for i := range j.Steps {
			j.Steps[i].GoOn = i == 1 && rapid.Bool().Draw(t, "go on")
			if i > 0 {
				j.Steps[i].Repeat = [2]int{1, rapid.IntRange(1, 3).Draw(t, "repeat")}
			}
		}
		m, err := request.NewJourneyMix([]request.Journey{j}, request.Selection{Seed: rapid.Uint64().Draw(t, "seed")})
		if err != nil {
			t.Fatal(err)
		}
		ended := 0
		b := New(Config{
			Mix: m, ReadBody: 1 << 10, Phases: 2, PhaseOf: func(at time.Duration) int { return int(at / (10 * gap)) }, Ended: func(time.Duration, End) { ended++ },
		})
		const n = 19
		sent, _ := run(t, b, n, func(a asked) answer {
			out := shopAnswer(a)
			if rapid.IntRange(0, 9).Draw(t, "fails") == 0 {
				out.outcome = exchange.Outcome(rapid.IntRange(1, 5).Draw(t, "outcome"))
			}
			return out
		})
		b.Unstarted(&exchange.Exchange{K: n, Intended: n * gap, Slot: exchange.NeverFree, Free: exchange.NeverFree, End: time.Minute, Outcome: exchange.Unsent})
		b.Finish()
		var arrived, asked uint64
		for phase := range 2 {
			c := &Counted([]*Book{b}, phase)[0]
			arrived += c.Arrived()
			if c.Time.Count()+c.TimeBounds.Count() > c.Arrived() || c.Time.Count() != c.Completed {
				t.Fatalf("%d times and %d bounds of %+v", c.Time.Count(), c.TimeBounds.Count(), c)
			}
			for _, s := range c.Steps {
				asked += s.Asked
				if s.Asked+s.LeftOut+s.Stopped > c.Arrived() || s.Asked < c.Completed-s.LeftOut && s.LeftOut <= c.Completed {
					t.Fatalf("step %+v of %d arrived", s, c.Arrived())
				}
			}
		}
		if arrived != n+1 || ended != n+1 || asked > uint64(len(sent)) || b.InProgress() != 0 {
			t.Fatalf("%d arrived and %d ended of %d, %d asked of %d sent", arrived, ended, n+1, asked, len(sent))
		}
	})
}

// A step is asked again as long as its take is found, at most a hundred times, and a link is read against the answer before.
func TestWhileFollowsLinks(t *testing.T) {
	pages := step("page", "/", func(s *request.Step) {
		s.Reference, s.While, s.Take = "next", "next", take("next", "json:$.next")
	})
	b := newBook(t, request.Journey{Name: "browse", Vars: []request.Var{{Name: "next", Text: "/list/a"}}, Steps: []request.Step{pages, step("end", "/end/{{next}}", nil)}})
	links := map[string]string{"/list/a": "b?x=1", "/list/b?x=1": "?x=2", "/list/b?x=2": "http://shop.test:80/list/c"}
	var targets []string
	sent, _ := run(t, b, 1, func(a asked) answer {
		if next := links[a.target]; next != "" {
			return answer{status: 200, body: fmt.Sprintf(`{"next":%q}`, next)}
		}
		return answer{status: 200, body: `{"next":null}`}
	})
	for _, a := range sent {
		targets = append(targets, a.target)
	}
	if got, want := strings.Join(targets, " "), "/list/a /list/b?x=1 /list/b?x=2 /list/c /end/http:%2F%2Fshop.test:80%2Flist%2Fc"; got != want {
		t.Errorf("asked for %s, want %s", got, want)
	}
	b = newBook(t, request.Journey{Name: "loop", Steps: []request.Step{step("again", "/", func(s *request.Step) {
		s.While, s.Take = "id", take("id", "json:$.id")
	})}})
	if sent, _ := run(t, b, 1, func(asked) answer { return answer{status: 200, body: `{"id":1}`} }); len(sent) != 100 {
		t.Errorf("asked %d times, want 100", len(sent))
	}
}

// What a server says of where to go, or with what, ends a journey rather than leaving the target.
func TestAHostileServerEndsTheJourney(t *testing.T) {
	long := strings.Repeat("x", 2<<10)
	for want, tc := range map[string]struct{ path, header, body string }{
		"take: other host":    {"", "", `{"next":"http://other.test/"}`},
		"take: next":          {"", "a\r\nX-Evil: 1", `{"next":"a\r\nX-Evil: 1"}`},
		"take: body too long": {"/ok", "", `{"next":"` + long + `"}`},
	} {
		second := step("second", tc.path, func(s *request.Step) {
			if tc.path == "" {
				s.Reference = "next"
			}
			s.Header = http.Header{"X-Test": {"{{next}}"}}
		})
		b := newBook(t, request.Journey{Name: "j", Steps: []request.Step{step("first", "/", func(s *request.Step) { s.Take = take("next", "json:$.next") }), second}})
		_, failures := run(t, b, 3, func(asked) answer { return answer{status: 200, body: tc.body} })
		if c := &Counted([]*Book{b}, 0)[0]; failures[want] != 3 || c.Failed != 3 || c.Time.Count()+c.TimeBounds.Count() != 0 {
			t.Errorf("%s: failures %v, %d failed", want, failures, c.Failed)
		}
	}
}

// A cookie goes where it may: not to another domain, nor over plain http where it is for https alone, and under no name of the step's.
func TestCookiesGoWhereTheyMay(t *testing.T) {
	spelled := "cookie"
	second := step("second", "/b", func(s *request.Step) { s.Header = http.Header{spelled: {"own=1; mine=2"}} })
	b := newBook(t, request.Journey{Name: "j", Steps: []request.Step{step("first", "/a", nil), second}})
	sent, _ := run(t, b, 1, func(asked) answer {
		return answer{status: 200, header: http.Header{"Set-Cookie": {
			"ok=1; Path=/", "mine=3; Path=/", "other=1; Domain=other.test; Path=/", "secure=1; Secure; Path=/", "below=1; Path=/a", `quoted="x y"; Path=/`,
		}}}
	})
	if got, want := sent[1].header[spelled], []string{`own=1; mine=2; ok=1; quoted="x y"`}; fmt.Sprint(got) != fmt.Sprint(want) || !b.KeptBack() {
		t.Errorf("cookies %q, want %q; kept back %v", got, want, b.KeptBack())
	}
	j := request.Journey{Name: "j", NoCookies: true, Steps: []request.Step{step("first", "/a", nil), step("second", "/b", nil)}}
	if sent, _ := run(t, newBook(t, j), 1, func(asked) answer {
		return answer{status: 200, header: http.Header{"Set-Cookie": {"ok=1; Path=/"}}}
	}); sent[1].header.Get("Cookie") != "" {
		t.Errorf("without cookies %q is sent", sent[1].header.Get("Cookie"))
	}
}

// The run goes on until who thinks longest has thought.
func TestTail(t *testing.T) {
	b := newBook(t, shop())
	const n = 500
	length := n * gap
	at := func(k uint64) time.Duration { return time.Duration(k) * gap }
	var want time.Duration
	for k := range uint64(n) {
		want = max(want, at(k)+Thinks(b.Mix, k)-length)
	}
	if got := Tail(b.Mix, n, at, length); got != want || want < 2*time.Second || want > 3*time.Second {
		t.Errorf("%v, want %v", got, want)
	}
}

// Whatever a server sets, a cookie is no more than a cookie.
func FuzzCookie(f *testing.F) {
	f.Add("a=1; Path=/")
	f.Add("a=\"x\\r\\n y\"; Domain=.test; Max-Age=99999999999999999999; Path=//")
	f.Add("=;=;\x00=\xff; Secure; expires=Thu, 01 Jan 1970 00:00:00 GMT")
	f.Fuzz(func(t *testing.T, set string) {
		b := newBook(t, request.Journey{Name: "j", Steps: []request.Step{step("first", "/a", nil), step("second", "/b", nil)}})
		sent, _ := run(t, b, 1, func(asked) answer { return answer{status: 200, header: http.Header{"Set-Cookie": {set}}} })
		for _, value := range sent[1].header["Cookie"] {
			if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("%q makes the cookie %q", set, value)
			}
		}
	})
}

// A journey is without disturbance where no step of it was due in one, which may be known only after it was over.
func TestDisturbedStepsAreKnownLater(t *testing.T) {
	const n = 200
	b := newBook(t, shop())
	lateness, known := [2]time.Duration{time.Second, 1200 * time.Millisecond}, time.Duration(-1)
	b.Disturbed = func(at time.Duration) (bool, bool) {
		return at >= lateness[0] && at < lateness[1], at < known
	}
	meets := map[uint64]bool{}
	run(t, b, n, func(a asked) answer {
		known = a.at - 500*time.Millisecond
		meets[a.k] = meets[a.k] || a.at >= lateness[0] && a.at < lateness[1]
		return shopAnswer(a)
	})
	known = time.Hour
	b.Finish()
	want := uint64(n)
	for _, met := range meets {
		if met {
			want--
		}
	}
	if c := &Counted([]*Book{b}, 0)[0]; c.Undisturbed.Count() != want || c.Target.Count() != n || want == n || want < n/2 {
		t.Errorf("%d undisturbed and %d in all, want %d and %d", c.Undisturbed.Count(), c.Target.Count(), want, n)
	}
}

// A backlog is the shortest time back in which as many steps fell due, of all loops together.
func TestBehind(t *testing.T) {
	a, b := newBook(t, shop()), newBook(t, shop())
	for i := range 40 { // 20/s for 1 s, then 100/s for 200 ms, from two loops
		at := time.Duration(i) * 50 * time.Millisecond
		if i >= 20 {
			at = time.Second + time.Duration(i-20)*10*time.Millisecond
		}
		[]*Book{a, b}[i%2].fell(at)
	}
	for n, want := range map[uint64]time.Duration{0: 0, 5: 50 * time.Millisecond, 20: 200 * time.Millisecond, 30: 700 * time.Millisecond, 40: 1200 * time.Millisecond, 90: 1200 * time.Millisecond} {
		if got := Behind([]*Book{a, b}, 1200*time.Millisecond, n); got != want {
			t.Errorf("%d behind: %v, want %v", n, got, want)
		}
	}
}
