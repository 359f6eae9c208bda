package loadgen

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// strictShop answers "wrong" to whatever is not as it should be: a token belongs to its user, an order to its token, a cookie to its
// journey, and the steps of each come in order.
type strictShop struct {
	mu     sync.Mutex
	tokens map[string]string // by token, the user
	orders map[string]string // by order, the token
	at     map[string]string // by token, the step that was last
	wrong  atomic.Int64
	paid   atomic.Int64
	calls  atomic.Int64
	refuse func(path string) bool // says that an order is declined; may be nil
}

func newStrictShop(t *testing.T) (*strictShop, string) {
	shop := &strictShop{tokens: map[string]string{}, orders: map[string]string{}, at: map[string]string{}}
	s := httptest.NewServer(shop)
	t.Cleanup(s.Close)
	return shop, s.URL
}

func (s *strictShop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls.Add(1)
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/login" {
		var who struct{ User string }
		if json.Unmarshal(body, &who) != nil || !strings.HasPrefix(who.User, "user") || r.Header.Get("Cookie") != "" {
			s.isWrong(w)
			return
		}
		token := fmt.Sprintf("t %d/%s", len(s.tokens), who.User)
		s.tokens[token], s.at[token] = who.User, "login"
		http.SetCookie(w, &http.Cookie{Name: "session", Value: fmt.Sprint(len(s.tokens)), Path: "/"})
		s.tokens[fmt.Sprint(len(s.tokens))] = token
		json.NewEncoder(w).Encode(map[string]any{"user": who.User, "token": token})
		return
	}
	cookie, err := r.Cookie("session")
	if err != nil {
		s.isWrong(w)
		return
	}
	token := s.tokens[cookie.Value]
	bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case strings.HasPrefix(r.URL.Path, "/items/"):
		if bearer != token || s.at[token] != "login" {
			s.isWrong(w)
			return
		}
		s.at[token] = "item " + strings.TrimPrefix(r.URL.Path, "/items/")
	case r.URL.Path == "/orders":
		var what struct{ Item int }
		if json.Unmarshal(body, &what) != nil || s.at[token] != fmt.Sprint("item ", what.Item) || r.URL.Query().Get("token") != token {
			s.isWrong(w)
			return
		}
		if s.refuse != nil && s.refuse(token) {
			w.WriteHeader(http.StatusConflict)
			return
		}
		id := fmt.Sprintf("o%d", len(s.orders))
		s.orders[id], s.at[token] = token, "order"
		w.Header().Set("Location", "/orders/"+id)
		w.WriteHeader(http.StatusCreated)
	default:
		id := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/orders/"), "/pay")
		if s.orders[id] != token || s.at[token] != "order" {
			s.isWrong(w)
			return
		}
		s.at[token] = "paid"
		s.paid.Add(1)
	}
}

func (s *strictShop) isWrong(w http.ResponseWriter) {
	s.wrong.Add(1)
	w.WriteHeader(http.StatusTeapot)
}

// buying is who logs in, looks at an item, orders it and pays in four of five cases.
func buying(t *testing.T, url string, think profiles.Think) request.Journey {
	t.Helper()
	file := filepath.Join(t.TempDir(), "users.csv")
	var rows strings.Builder
	fmt.Fprintln(&rows, "name")
	for i := range 5000 {
		fmt.Fprintln(&rows, "user", i)
	}
	if err := os.WriteFile(file, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	expect := func(texts ...string) (list []request.Expect) {
		for _, text := range texts {
			e, err := request.ParseExpect(text)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, e)
		}
		return list
	}
	step := func(name, method, path, body string) request.Step {
		return request.Step{Request: request.Request{Name: name, Method: method, URL: url + path, Body: body}}
	}
	login, item := step("login", "POST", "/login", `{"user":"{{user}}"}`), step("item", "", "/items/{{item}}", "")
	order, pay := step("order", "POST", "/orders?token={{token}}", `{"item": {{item}}}`), step("pay", "POST", "/orders/{{id}}/pay", "")
	login.Take, login.Expect = []request.Take{{Name: "token", From: "json:$.token"}}, expect("json:$.user={{user}}")
	item.Think, item.Header = think, http.Header{"Authorization": {"Bearer {{token}}"}}
	order.Take, order.Expect = []request.Take{{Name: "id", From: "header:Location~/orders/(.+)"}}, expect("status=201")
	pay.Chance = 0.8
	return request.Journey{
		Name: "buy", Steps: []request.Step{login, item, order, pay},
		Vars: []request.Var{{Name: "user", Text: "{{csv " + file + " name}}"}, {Name: "item", Text: "{{zipf 1000 1.1}}"}},
	}
}

func journeys(t *testing.T, url, engine string, length time.Duration) Plan {
	p := steady(url, length)
	p.Requests, p.Engine, p.Limits = nil, engine, Limits{Timeout: time.Minute} // whatever the machine is busy with
	p.Journeys = []request.Journey{buying(t, url, profiles.Think{Law: profiles.UniformThink, Mean: 100 * time.Millisecond, Low: 50 * time.Millisecond, High: 150 * time.Millisecond})}
	return p
}

// endsOf says how the journeys of a run ended.
func endsOf(j *runfile.Journey) string {
	return fmt.Sprintf("%d arrived, %d completed, %d failed, %d unfinished, %d unstarted", j.Arrived, j.Completed, j.Failed, j.Unfinished, j.Unstarted)
}

// accountedFor holds a run of journeys to what must add up.
func accountedFor(t *testing.T, run *runfile.Run) {
	t.Helper()
	var arrived uint64
	for i := range run.Phases {
		for _, j := range run.Phases[i].Journeys {
			arrived += j.Arrived
			if n := j.Completed + j.Failed + j.Unfinished + j.Unstarted; n != j.Arrived {
				t.Errorf("%s: that adds up to %d", endsOf(&j), n)
			}
		}
	}
	if q := run.Requests; q.Due != q.Succeeded+q.Failed+q.Unfinished+q.Unsent || q.Due < arrived {
		t.Errorf("requests %+v, %d journeys", q, arrived)
	}
	var bySecond runfile.JourneyCounts
	for i := range run.Intervals {
		if c := run.Intervals[i].Journeys; c != nil {
			bySecond.Add(c)
		}
	}
	if bySecond.Arrived != arrived || bySecond.Completed+bySecond.Failed > arrived {
		t.Errorf("by second %+v, of %d journeys", bySecond, arrived)
	}
	var file bytes.Buffer
	if err := runfile.Encode(&file, []*runfile.Run{run}); err != nil {
		t.Fatal(err)
	}
	if _, err := runfile.Decode("run.json", &file); err != nil {
		t.Errorf("its own file is refused: %v", err)
	}
}

// Every request of every journey is what that journey's answers made it, on both engines and with several loops.
func TestJourneysSendWhatTheyTook(t *testing.T) {
	t.Parallel()
	length, each, engines := 3*time.Second, uint64(600), append(Engines(), "wire of 4 loops")
	if testing.Short() {
		length, each, engines = time.Second, 200, Engines()[:1]
	}
	var totals []uint64
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			shop, url := newStrictShop(t)
			name, _, several := strings.Cut(engine, " ")
			p := journeys(t, url, name, length)
			if several {
				p.Wire.Loops = 4
			}
			var seen []runfile.Progress
			run, err := Drive(t.Context(), p, Options{Progress: func(p runfile.Progress) { seen = append(seen, p) }})
			if err != nil {
				t.Fatal(err)
			}
			accountedFor(t, run)
			if i := slices.IndexFunc(seen, func(p runfile.Progress) bool { return p.Journeys == nil || p.Waiting > 0 }); i >= 0 {
				t.Errorf("it does not tell of journeys in progress: %+v", seen[i])
			}
			j := run.Overall.Journeys[0]
			if shop.wrong.Load() != 0 || j.Arrived != each || j.Completed != each || run.Interrupted || uint64(shop.calls.Load()) != run.Requests.Succeeded {
				t.Errorf("%d wrong; %d of %d completed, interrupted %v, %d calls, requests %+v, failures %+v", shop.wrong.Load(), j.Completed, j.Arrived, run.Interrupted, shop.calls.Load(), run.Requests, run.Errors)
			}
			pay := j.Steps[3]
			if uint64(shop.paid.Load()) != pay.Asked || pay.Asked+pay.LeftOut != each || pay.Asked < each*2/3 || pay.Asked > each*9/10 {
				t.Errorf("%d paid, %+v", shop.paid.Load(), pay)
			}
			// However late the machine is, each journey begins before the tail.
			if run.Tail == nil || run.Tail.Requests.Due == 0 || run.Tail.Requests.Due > run.Requests.Due-each {
				t.Errorf("tail %+v", run.Tail)
			}
			if slices.ContainsFunc(run.Environment.Notes, func(n string) bool { return strings.Contains(n, "same user") }) {
				t.Errorf("notes %q", run.Environment.Notes)
			}
			totals = append(totals, run.Requests.Due)
		})
	}
	if len(slices.Compact(totals)) != 1 {
		t.Errorf("requests due by engine: %d", totals)
	}
}

// In the closed model each user runs journey after journey, as a new visitor each time, to the end of the last.
func TestUsersRunJourneyAfterJourney(t *testing.T) {
	t.Parallel()
	for _, engine := range Engines() {
		t.Run(engine, func(t *testing.T) {
			shop, url := newStrictShop(t)
			p := journeys(t, url, engine, time.Minute)
			p.Closed, p.Limits.Requests = &Closed{VUs: 4, Think: profiles.Think{Mean: time.Millisecond}}, 21
			run, err := Drive(t.Context(), p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			accountedFor(t, run)
			j := run.Overall.Journeys[0]
			if shop.wrong.Load() != 0 || j.Arrived != 21 || j.Completed != 21 || run.Interrupted || j.Steps[1].Asked != 21 || run.Plan.VUs != 4 {
				t.Errorf("%d wrong; %s, interrupted %v, failures %+v", shop.wrong.Load(), endsOf(&j), run.Interrupted, run.Errors)
			}
			p.Limits.Requests, p.Profile.Phases[0].Duration = 0, 20*time.Millisecond // each is in its first, and goes on to its end
			if run, err = Drive(t.Context(), p, Options{}); err != nil {
				t.Fatal(err)
			}
			accountedFor(t, run)
			if j := run.Overall.Journeys[0]; j.Arrived == 0 || j.Completed != j.Arrived || run.Interrupted || run.Tail == nil {
				t.Errorf("%s, interrupted %v, tail %+v", endsOf(&j), run.Interrupted, run.Tail)
			}
		})
	}
}

// One journey more than may be in progress at once is not begun: a limit of bench's own.
func TestJourneysAreBoundedAtOnce(t *testing.T) {
	t.Parallel()
	for _, engine := range Engines() {
		shop, url := newStrictShop(t)
		p := journeys(t, url, engine, 100*time.Millisecond)
		p.Limits.Journeys = 10
		p.Journeys[0].Steps[1].Think = profiles.Think{Mean: 50 * time.Millisecond} // 10 of 200/s at once by thinking alone
		run, err := Drive(t.Context(), p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		accountedFor(t, run)
		j := run.Overall.Journeys[0]
		if len(run.Errors) != 1 || run.Errors[0].Kind != runfile.TooManyJourneys || run.Errors[0].Count != j.Failed || j.Completed+j.Failed != 20 || j.Completed < 10 || shop.wrong.Load() > 0 {
			t.Errorf("%s: %s, failures %+v", engine, endsOf(&j), run.Errors)
		}
		if evidence := strings.Join(run.Verdict.Evidence, "; "); !run.Verdict.Kind.Spoiled() || !strings.Contains(evidence, "bench ran out of room for journeys") || run.Delivered() {
			t.Errorf("%s: %s, %s", engine, run.Verdict.Kind, evidence)
		}
	}
}

// A step may go to another host: what is taken there goes on to the target, cookies and links stay where they are from.
func TestJourneysGoToAnotherHost(t *testing.T) {
	t.Parallel()
	var told atomic.Value
	login := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "in", Value: "1", Domain: "127.0.0.1", Path: "/in"})
		fmt.Fprint(w, `{"token":"abc","next":"/there"}`)
	}))
	defer login.Close()
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		told.Store(r.URL.Path + " " + r.Header.Get("Authorization") + r.Header.Get("Cookie"))
	}))
	defer shop.Close()
	take := []request.Take{{Name: "token", From: "json:$.token"}, {Name: "next", From: "json:$.next"}}
	for _, engine := range Engines() {
		p := steady(shop.URL, 5*time.Millisecond)
		p.Requests, p.Engine = nil, engine
		p.Journeys = []request.Journey{{Name: "j", Steps: []request.Step{
			{Request: request.Request{Name: "login", URL: login.URL + "/in"}, Take: take},
			{Request: request.Request{Name: "order", URL: shop.URL + "/order", Header: http.Header{"Authorization": {"Bearer {{token}}"}}}},
			{Request: request.Request{Name: "again", URL: login.URL + "/in"}, Take: take},
			{Request: request.Request{Name: "off", URL: shop.URL + "/"}, Reference: "next"},
		}}}
		run, err := Drive(t.Context(), p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		accountedFor(t, run)
		if got := told.Load(); got != "/order Bearer abc" {
			t.Errorf("%s: the target was told %q", engine, got)
		}
		if len(run.Errors) != 1 || run.Errors[0].Kind != request.TakeOtherHost || run.Overall.Journeys[0].Steps[3].Asked != 1 {
			t.Errorf("%s: failures %+v", engine, run.Errors)
		}
	}
}

// What a failure keeps from being asked is said, as is what never came to an end; nothing is lost when the run is ended early, or
// when the server dies.
func TestJourneysThatFailAreAccountedFor(t *testing.T) {
	t.Parallel()
	engines := Engines()
	if testing.Short() {
		engines = engines[:1]
	}
	for _, engine := range engines {
		t.Run(engine+"/declined", func(t *testing.T) {
			shop, url := newStrictShop(t)
			declined := 0
			shop.refuse = func(string) bool { declined++; return declined%5 == 0 }
			run, err := Drive(t.Context(), journeys(t, url, engine, time.Second), Options{})
			if err != nil {
				t.Fatal(err)
			}
			accountedFor(t, run)
			j := run.Overall.Journeys[0]
			if j.Failed != 40 || j.Completed != 160 || j.Time.Count != 160 || j.Steps[3].Stopped+j.Steps[3].LeftOut+j.Steps[3].Asked != 200 || j.Steps[3].Stopped < 20 {
				t.Errorf("%s; the last step %d asked, %d left out, %d stopped; %+v", endsOf(&j), j.Steps[3].Asked, j.Steps[3].LeftOut, j.Steps[3].Stopped, run.Errors)
			}
		})
		t.Run(engine+"/interrupted", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			shop, url := newStrictShop(t)
			shop.refuse = func(string) bool {
				if len(shop.orders) == 20 {
					cancel()
				}
				return false
			}
			run, err := Drive(ctx, journeys(t, url, engine, time.Minute), Options{})
			if err != nil {
				t.Fatal(err)
			}
			accountedFor(t, run)
			if j := run.Overall.Journeys[0]; !run.Interrupted || j.Unfinished == 0 || j.Completed == 0 {
				t.Errorf("interrupted %v, %s", run.Interrupted, endsOf(&j))
			}
		})
		t.Run(engine+"/dead", func(t *testing.T) {
			shop := &strictShop{tokens: map[string]string{}, orders: map[string]string{}, at: map[string]string{}}
			s := httptest.NewServer(shop)
			var once sync.Once
			shop.refuse = func(string) bool {
				if len(shop.orders) == 10 {
					once.Do(func() { go func() { s.CloseClientConnections(); s.Close() }() })
				}
				return false
			}
			run, err := Drive(t.Context(), journeys(t, s.URL, engine, time.Second), Options{})
			if err != nil {
				t.Fatal(err)
			}
			s.Close() // when all that it was asked is over
			accountedFor(t, run)
			if j := run.Overall.Journeys[0]; j.Arrived != 200 || int(j.Completed) > len(shop.orders) || j.Failed == 0 {
				t.Errorf("%s; %+v", endsOf(&j), run.Errors)
			}
		})
	}
}

// What journeys do not go with is refused before anything is sent.
func TestJourneysAreRefused(t *testing.T) {
	for want, change := range map[string]func(*Plan){
		"drawn by weight": func(p *Plan) { p.Order = runfile.Sequential },
		"216,000 journeys would be in progress at once, for they think 1080 s on average and 200/s arrive": func(p *Plan) {
			p.Journeys[0].Steps[1].Think = profiles.Think{Mean: 18 * time.Minute}
		},
		"there is no journey or endpoint \"sell\": there is buy": func(p *Plan) { p.Thresholds = thresholds(t, "p99{sell}<1s") },
		"not by endpoint":          func(p *Plan) { p.Thresholds = thresholds(t, "rate{buy/pay}>1/s") },
		"take the duration of one": func(p *Plan) { p.Thresholds = thresholds(t, "service:p99{buy}<1s") },
	} {
		p := journeys(t, "http://127.0.0.1:1", "", time.Second)
		change(&p)
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	p := journeys(t, "http://127.0.0.1:1", "", time.Second)
	p.Thresholds = thresholds(t, "p99{buy}<1s", "rate{buy}>1/s", "p99{buy/pay}<1s")
	if err := p.Check(); err != nil {
		t.Error(err)
	}
}

// A preview shows the first journeys step by step, and nothing of what is taken or comes from a file.
func TestJourneysArePreviewed(t *testing.T) {
	j := compiled(t, journeys(t, "http://127.0.0.1:1", "", time.Second))
	v, err := j.Preview(time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if len(v.First) < 9 || v.Requests != 200 || v.PerArrival < 3.79 || v.PerArrival > 3.81 || v.Tail <= 0 || v.Tail > 150*time.Millisecond {
		t.Errorf("%d shown of %d, %v requests each, tail %v", len(v.First), v.Requests, v.PerArrival, v.Tail)
	}
	closed := journeys(t, "http://127.0.0.1:1", "", time.Second)
	closed.Closed = &Closed{VUs: 2}
	if w, err := compiled(t, closed).Preview(time.Unix(0, 0)); err != nil || len(w.First) != len(v.First) || w.PerArrival != v.PerArrival || w.Requests != 0 {
		t.Errorf("of users: %+v, %v", w, err)
	}
	for _, r := range v.First {
		if text := r.URL + strings.Join(r.Header, ""); strings.Contains(text, "user") || r.Name == "buy/order" && r.URL != "http://127.0.0.1:1/orders?token=…" {
			t.Errorf("%+v", r)
		}
	}
}

// Where memory is short fewer journeys may be in progress, unless the user says how many.
func TestFewerJourneysWhereMemoryIsShort(t *testing.T) {
	const gigabyte = 1 << 30
	p := stepsOf(3, oneToThree, 50, time.Second)
	for _, tc := range []struct {
		given  int
		free   uint64
		most   int
		fatal  bool
		closed bool
	}{
		{0, 32 * gigabyte, DefaultJourneys, false, false},
		{0, gigabyte, 65_536, false, false},
		{0, gigabyte / 1024, 64, true, false}, // 200 think at once
		{DefaultJourneys, gigabyte, DefaultJourneys, false, false},
		{0, gigabyte, DefaultJourneys, false, true},
	} {
		p := p
		if p.Limits.Journeys = tc.given; tc.closed {
			p.Closed = &Closed{VUs: 4}
		}
		j := compiled(t, p)
		findings := j.fewer(tc.free)
		if j.Plan.Limits.Journeys != tc.most || (len(findings) > 0) != (tc.most < DefaultJourneys) || preflight.AnyFatal(findings) != tc.fatal {
			t.Errorf("%+v: %d, %+v", tc, j.Plan.Limits.Journeys, findings)
		}
	}
}
