package loadgen

import (
	"cmp"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/users"
	"github.com/seed-5a006608/bench/profiles"
	"gonum.org/v1/gonum/stat/distuv"
)

// asked is a request of the closed model in virtual time.
type asked struct {
	user    int
	k       uint64
	at, end time.Duration
}

// models are the ways in which the engines use a crowd: the wire engine has one for each loop and asks who is due, the http
// engine has a worker for each user, who takes the next user whoever that is.
var models = map[string]func(p Plan, length time.Duration, service func(k uint64) time.Duration) []asked{
	"wire": func(p Plan, length time.Duration, service func(k uint64) time.Duration) (all []asked) {
		const loops = 3
		for loop := range loops {
			all = append(all, virtual(p, loop, loops, length, false, service)...)
		}
		slices.SortFunc(all, func(a, b asked) int { return cmp.Compare(a.at, b.at) })
		return all
	},
	"http": func(p Plan, length time.Duration, service func(k uint64) time.Duration) []asked {
		return virtual(p, 0, 1, length, true, service)
	},
}

// virtual asks as the users of a loop do, who are taken when they are due or, ahead, as soon as a worker is free.
func virtual(p Plan, loop, loops int, length time.Duration, ahead bool, service func(k uint64) time.Duration) (all []asked) {
	crowd, k := p.crowd(loop, loops, length), uint64(loop)
	var open []asked // taken and not over, the first to be over first
	for {
		for crowd.Due() != users.Never && (ahead || len(open) == 0 || crowd.Due() < open[0].end) {
			at := crowd.Due()
			x := asked{crowd.Ask(), k, at, at + service(k)}
			k += uint64(loops)
			i, _ := slices.BinarySearchFunc(open, x, func(a, b asked) int { return cmp.Compare(a.end, b.end) })
			open = slices.Insert(open, i, x)
		}
		if len(open) == 0 {
			slices.SortFunc(all, func(a, b asked) int { return cmp.Compare(a.at, b.at) })
			return all
		}
		x := open[0]
		open = open[1:]
		all = append(all, x)
		crowd.Over(x.user, x.k, x.end)
	}
}

func closedPlan(c Closed) Plan {
	p := steady("http://h", time.Minute)
	p.Closed = &c
	return p
}

func thinks(t *testing.T, text string) profiles.Think {
	t.Helper()
	think, err := profiles.ParseThink(text)
	if err != nil {
		t.Fatal(err)
	}
	return think
}

// fewMilliseconds is a service of 1 to 9 ms.
func fewMilliseconds(k uint64) time.Duration { return time.Duration(1+k*7%9) * ms }

// chiSquare returns the probability of counts at least as uneven, were each as likely.
func chiSquare(counts []int) float64 {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	mean, x := float64(sum)/float64(len(counts)), 0.0
	for _, n := range counts {
		x += (float64(n) - mean) * (float64(n) - mean) / mean
	}
	return distuv.ChiSquared{K: float64(len(counts) - 1)}.Survival(x)
}

// 200 users who think for 1 s ask at any time of the second, and not all at once as they did.
func TestUsersBeginSpread(t *testing.T) {
	for name, model := range models {
		for _, tc := range []struct {
			think string
			start runfile.Start
			even  bool
		}{{"1s", runfile.Spread, true}, {"1s±50%", runfile.Spread, true}, {"exp:1s", runfile.Spread, true}, {"1s", runfile.Together, false}, {"1s", "", false}} {
			all := model(closedPlan(Closed{VUs: 200, Think: thinks(t, tc.think), Start: tc.start}), 6*time.Second, fewMilliseconds)
			var counts [6][20]int
			for _, x := range all {
				counts[x.at/time.Second][x.at%time.Second/(50*ms)]++
			}
			for second, c := range counts {
				if p := chiSquare(c[:]); p < 0.001 == tc.even && (second > 0 || tc.even) {
					t.Errorf("%s: users who think %s and start %q: second %d by twentieths %v, p %g", name, tc.think, tc.start, second, c, p)
				}
			}
			if tc.start != runfile.Spread && all[0].at != time.Second {
				t.Errorf("%s: together they ask first at %v, and not when they have thought", name, all[0].at)
			}
		}
	}
}

// exponentially returns the probability of values as far from the exponential law of that mean (Kolmogorov–Smirnov).
func exponentially(values []float64, mean float64) float64 {
	slices.Sort(values)
	n, d := float64(len(values)), 0.0
	for i, v := range values {
		f := 1 - math.Exp(-v/mean)
		d = max(d, f-float64(i)/n, float64(i+1)/n-f)
	}
	x, p := (math.Sqrt(n)+0.12+0.11/math.Sqrt(n))*d, 0.0
	for k := 1.0; k < 100; k++ {
		p += 2 * math.Pow(-1, k-1) * math.Exp(-2*k*k*x*x)
	}
	return min(max(p, 0), 1)
}

// Users who think exp:1s think by the exponential law, and together ask as independent people do.
func TestExponentialUsers(t *testing.T) {
	for name, model := range models {
		for _, tc := range []struct {
			think string
			want  bool
		}{{"exp:1s", true}, {"500ms..1500ms", false}} {
			all := model(closedPlan(Closed{VUs: 200, Think: thinks(t, tc.think), Start: runfile.Spread}), 12*time.Second, func(uint64) time.Duration { return ms })
			answered := map[int]time.Duration{}
			var thought, gaps []float64
			for i, x := range all {
				// Of those who were answered in the last seconds only the short thinks are seen.
				if end, ok := answered[x.user]; ok && end < 3*time.Second {
					thought = append(thought, (x.at - end).Seconds())
				}
				answered[x.user] = x.end
				if i > 0 && x.at < 10*time.Second {
					gaps = append(gaps, (x.at - all[i-1].at).Seconds())
				}
			}
			if p := exponentially(thought, 1); p > 0.001 != tc.want {
				t.Errorf("%s: %d thinks %s are exponential with p %g", name, len(thought), tc.think, p)
			}
			if p := exponentially(gaps, 1.001/200); tc.want && p < 0.001 {
				t.Errorf("%s: %d gaps between requests are exponential with p %g", name, len(gaps), p)
			}
		}
	}
}

// Users who do not think are in flight from when they come until they go: as many as the stages say, within 1.
func TestUsersFollowTheStages(t *testing.T) {
	racetest.Skip(t)
	var stages []profiles.VUStage
	for _, text := range []string{"30s:20", "10s:20", "5s:3", "0s:10", "5s:10", "0s:0", "2s:0", "10s:40", "20s:0"} {
		stage, err := profiles.ParseVUStage(text)
		if err != nil {
			t.Fatal(err)
		}
		stages = append(stages, stage)
	}
	profile, err := profiles.FromVUStages(profiles.FirstVUs, stages)
	if err != nil {
		t.Fatal(err)
	}
	for name, model := range models {
		for _, think := range []string{"0s", "exp:300ms"} {
			p := closedPlan(Closed{VUs: profile.MostVUs(), Think: thinks(t, think), Start: runfile.Spread})
			p.Profile = profile
			if err := p.Check(); err != nil {
				t.Fatal(err)
			}
			all := model(p, profile.Duration(), func(uint64) time.Duration { return 50 * ms })
			start := time.Duration(0)
			for _, ph := range profile.Phases {
				for at := time.Duration(0); at < ph.Duration; at += 20 * ms {
					inFlight := 0
					for _, x := range all {
						if x.at <= start+at && start+at < x.end {
							inFlight++
						}
					}
					line := float64(ph.FromVUs) + float64(ph.ToVUs-ph.FromVUs)*float64(at)/float64(ph.Duration)
					// Where the line jumps down, what is on its way is answered first.
					if off := float64(inFlight) - line; think == "0s" && math.Abs(off) > 1 && at >= 50*ms || off > 1 && at >= 50*ms {
						t.Fatalf("%s, %s: %d in flight at %v, where %.2f users are to be", name, think, inFlight, start+at, line)
					}
				}
				start += ph.Duration
			}
		}
	}
}

func TestDriveRampsUsers(t *testing.T) {
	t.Parallel()
	for _, engine := range Engines() {
		s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		p := steady(s.URL, time.Second)
		p.Engine = engine
		p.Profile.Phases = []profiles.Phase{
			{Name: "up", Kind: profiles.Ramp, Duration: 200 * ms, FromVUs: 1, ToVUs: 4}, {Name: "down", Kind: profiles.Ramp, Duration: 200 * ms, FromVUs: 4},
		}
		p.Closed = &Closed{VUs: 4, Think: thinks(t, "5ms..15ms"), Start: runfile.Spread}
		run, err := Drive(t.Context(), p, Options{})
		s.Close()
		if err != nil {
			t.Fatal(err)
		}
		if q, r := run.Requests, run.Plan; q.Sent == 0 || q.Sent > 4*400/5 || r.Think != "5ms..15ms" || r.Start != runfile.Spread || r.VUs != 4 || r.Phases[0].ToVUs != 4 {
			t.Errorf("%s: requests %+v, plan %+v", engine, q, r)
		}
		readBack(t, run)
	}
}

// A run says that its users ask in step, of the requests of its second half.
func TestUsersInStepAreTold(t *testing.T) {
	for _, tc := range []struct {
		name string
		c    Closed
		at   func(i, second int) time.Duration // of 40 users' requests in a second
		want float64
	}{
		{"in step", Closed{VUs: 40, Think: thinks(t, "1s")}, func(i, _ int) time.Duration { return 310*ms + time.Duration(i%2)*35*ms }, 1},
		{"half of them", Closed{VUs: 40, Think: thinks(t, "1s")}, func(i, _ int) time.Duration { return time.Duration(i%2*i) * 25 * ms }, 0.525},
		{"apart", Closed{VUs: 40, Think: thinks(t, "1s")}, func(i, _ int) time.Duration { return time.Duration(i) * 25 * ms }, 0},
		{"at first", Closed{VUs: 40, Think: thinks(t, "1s")}, func(i, second int) time.Duration {
			return time.Duration(i*min(second, 3)) * 8 * ms
		}, 0},
		{"without a thought", Closed{VUs: 40}, func(i, _ int) time.Duration { return 0 }, 0},
		{"one a second", Closed{VUs: 1, Think: thinks(t, "1s")}, func(i, _ int) time.Duration { return time.Duration(i) * time.Hour }, 0},
	} {
		p := closedPlan(tc.c)
		p.Profile.Phases[0].Duration = 6 * time.Second
		r, err := newRecording(p)
		if err != nil {
			t.Fatal(err)
		}
		for second := range 6 {
			for i := range 40 {
				at := time.Duration(second)*time.Second + tc.at(i, second)
				if tc.at(i, second) < time.Second {
					r.shards[0].record(&sample{Exchange: &exchange.Exchange{Intended: at, Slot: at, Free: at, Sent: at + 1, End: at + ms}})
				}
			}
		}
		run := r.finish(ending{at: 7 * time.Second, cut: 6 * time.Second, loops: []loopEnd{{}}}, runfile.Resources{})
		if math.Abs(run.InStep-tc.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", tc.name, run.InStep, tc.want)
		}
	}
}

// Users who think shorter than a second are told of too, however long their answers take.
func TestUsersInStepOfAShortThinkTimeAreTold(t *testing.T) {
	const users, length = 50, 10 * time.Second
	for _, tc := range []struct {
		think  string
		cycle  time.Duration
		apart  time.Duration // from one user's request to the next one's
		share  float64
		window time.Duration
	}{
		{"200ms", 201 * ms, ms / 10, 0.9, 200 * ms},
		{"200ms", 215 * ms, ms / 10, 0.9, 200 * ms},
		{"340ms", 370 * ms, ms / 10, 0.9, 300 * ms},
		{"100ms", 104 * ms, ms / 10, 0.9, 100 * ms},
		{"200ms", 200 * ms, 4 * ms, 0, 0},
		{"100ms", 100 * ms, 2 * ms, 0, 0},
		{"150ms..250ms", 200 * ms, 4 * ms, 0, 0},
		{"20ms", 22 * ms, ms / 10, 0, 0}, // too shortly to tell
	} {
		p := closedPlan(Closed{VUs: users, Think: thinks(t, tc.think)})
		p.Profile.Phases[0].Duration = length
		r, err := newRecording(p)
		if err != nil {
			t.Fatal(err)
		}
		for begin := tc.cycle; begin < length; begin += tc.cycle {
			for u := range users {
				if at := begin + time.Duration(u)*tc.apart; at < length {
					r.shards[0].record(&sample{Exchange: &exchange.Exchange{Intended: at, Slot: at, Free: at, Sent: at + 1, End: at + ms}})
				}
			}
		}
		run := r.finish(ending{at: length + time.Second, cut: length, loops: []loopEnd{{}}}, runfile.Resources{})
		if run.InStep < tc.share || tc.share == 0 && run.InStep != 0 || run.InStepOfNS != tc.window {
			t.Errorf("%s, again after %v: %v of %v, want %v of %v", tc.think, tc.cycle, run.InStep, run.InStepOfNS, tc.share, tc.window)
		}
	}
}
