package sweep

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// The long simulation: go test ./report/sweep -run TestSweepSimulation -v -sweeps 1000
var sweeps = flag.Int("sweeps", 0, "simulate so many sweeps a row")

// machine is what a machine does to equal cells: a state that all feel and that lasts for rounds, a state of each cell's own
// for a quad, as of its start, and rounds that a neighbour spoils. The figures are assumed.
type machine struct {
	random *rand.Rand
	shared float64
	start  []float64 // logarithm of a start's luck, by cell
}

const (
	roundScatter = 0.07  // log standard deviation of a round
	startScatter = 0.015 // of a start
	spoilt       = 0.075 // share of the rounds that a neighbour slows by 1.2 to 2
)

func (m *machine) shift(cell int) float64 {
	m.shared = 0.45*m.shared + math.Sqrt(1-0.45*0.45)*m.random.NormFloat64()
	v := roundScatter*(m.shared+m.random.NormFloat64())/math.Sqrt2 + m.start[cell]
	if m.random.Float64() < spoilt {
		v += math.Log(1.2 + 0.8*m.random.Float64())
	}
	return v
}

// dist is a round's reads: lognormal, moved by shift. Where few it has each of them, else only its percentiles.
func (m *machine) dist(reads int, shift float64, few bool) runfile.Dist {
	const median, sigma = 1e6, 0.5
	at := func(z float64) time.Duration { return time.Duration(median * math.Exp(sigma*z+shift)) }
	if !few {
		return runfile.Dist{Count: uint64(reads), P50NS: at(0), P95NS: at(1.645), P99NS: at(2.326)}
	}
	h := &runfile.Histogram{Digits: runfile.DetailDigits}
	for range reads {
		h.Record(at(m.random.NormFloat64()))
	}
	return runfile.SummaryOf(h, &runfile.Histogram{Digits: runfile.DetailDigits})
}

// simulate plays one sweep of cells that are slower than the first by those factors.
func simulate(t *testing.T, seed uint64, factors []float64, reads int, few bool) *Sweep {
	names := make([]string, len(factors))
	for i := range names {
		names[i] = fmt.Sprint("size=", i)
	}
	const quads = 9
	trial, err := NewTrial(Options{Cells: names, Quads: quads, Seed: seed, Planned: float64(reads)})
	if err != nil {
		t.Error(err)
		return nil
	}
	m := &machine{random: rand.New(rand.NewPCG(seed, 0x7377656570)), start: make([]float64, len(factors))}
	for range quads {
		for i := range m.start {
			m.start[i] = startScatter * m.random.NormFloat64()
		}
		for half := range 2 {
			order := m.random.Perm(len(factors))
			for i := range order {
				cell := order[i]
				if half == 1 {
					cell = order[len(order)-1-i]
				}
				d := m.dist(reads, m.shift(cell)+math.Log(factors[cell]), few)
				c := &trial.cells[cell]
				for i, m := range trial.tested {
					c.own[i].Add(m, &d, 0, uint64(reads))
					c.all[i].Add(m, &d, 0, uint64(reads))
				}
				if c.digits = runfile.TotalDigits; few {
					c.digits = runfile.DetailDigits
				}
			}
		}
	}
	s := &Sweep{Metric: trial.highest().Key, Options: []string{"size"}, Tested: true, Quads: quads, Cells: make([]Cell, len(factors))}
	for i := range s.Cells {
		s.Cells[i] = Cell{Name: names[i], Values: []string{fmt.Sprint(i)}, Rounds: 2 * quads}
	}
	s.Pairs = holm(trial.contrasts(s.Cells))
	s.Rank()
	trial.Numeric(s)
	return s
}

// each plays so many sweeps on all processors and counts those for which is holds.
func each(count int, is func(seed uint64) bool) (n int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			for seed := w; seed < count; seed += workers {
				if is(uint64(seed) + 1<<32) {
					mu.Lock()
					n++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return n
}

// played is how many sweeps are simulated where the suite plays so many.
func played(usual int) int {
	switch {
	case *sweeps > 0:
		return *sweeps
	case testing.Short():
		return usual / 6
	}
	return usual
}

// What a sweep promises holds in simulation: of equal cells it calls one slower in at most 5 % of the sweeps, and cells that
// differ it never orders the wrong way round in more. It finds what is much slower. The suite plays a few sweeps and allows
// for that.
func TestSweepSimulation(t *testing.T) {
	count := played(60)
	equal, differ := []float64{1, 1, 1, 1}, []float64{1, 1, 1.3, 2}
	for _, row := range []struct {
		name  string
		reads int
		few   bool
	}{{"each round has its P99", 4000, false}, {"each round has its P95", 190, true}} {
		t.Run(row.name, func(t *testing.T) {
			allowed := int(math.Ceil(float64(count)*0.05 + 3*math.Sqrt(float64(count)*0.05*0.95)))
			if *sweeps > 0 {
				allowed = count / 20
			}
			wrong := each(count, func(seed uint64) bool {
				s := simulate(t, seed, equal, row.reads, row.few)
				return !s.Cells[0].Best || !s.Cells[1].Best || !s.Cells[2].Best || !s.Cells[3].Best
			})
			t.Logf("of %d sweeps of equal cells %d call one slower", count, wrong)
			if wrong > allowed {
				t.Errorf("of %d sweeps of equal cells %d call one slower, want at most %d", count, wrong, allowed)
			}
			inverted := each(count, func(seed uint64) bool {
				s := simulate(t, seed, differ, row.reads, row.few)
				for _, p := range s.Pairs {
					if p.Slower == "a" || p.Slower == "b" && p.A == 0 && p.B == 1 {
						return true
					}
				}
				return false
			})
			found := each(count, func(seed uint64) bool {
				s := simulate(t, seed, differ, row.reads, row.few)
				return !s.Cells[3].Best && s.Cells[0].Best && s.Cells[1].Best && s.Cells[3].First >= 3
			})
			t.Logf("of %d sweeps of different cells %d order some the wrong way, %d find the slowest", count, inverted, found)
			if inverted > allowed || found < count*9/10 {
				t.Errorf("of %d sweeps of different cells %d order some the wrong way, and %d find the slowest", count, inverted, found)
			}
		})
	}
}

// Of eight cells, in rounds of few reads, one that is 1.7 times as slow is found: percentiles are tested of which each round has a
// figure of its own, and P50 is one.
func TestASlowCellOfManyIsFound(t *testing.T) {
	count := played(60)
	found := each(count, func(seed uint64) bool {
		s := simulate(t, seed, []float64{1, 1, 1, 1, 1, 1, 1, 1.7}, 140, true)
		return s.Metric == "p95" && s.Cells[0].Best && !s.Cells[7].Best && s.Cells[7].First == 8
	})
	if t.Logf("%d of %d sweeps find it", found, count); found < count*4/5 {
		t.Errorf("%d of %d sweeps find it", found, count)
	}
}

// Of a numeric option a value is named as near the best only where it is: one that is 10 % slower is in at most 5 %.
func TestNearSimulation(t *testing.T) {
	count := played(200)
	near := []float64{1.1, 1.1, 1, 1}
	allowed := int(math.Ceil(float64(count)*0.05 + 3*math.Sqrt(float64(count)*0.05*0.95)))
	wrong := each(count, func(seed uint64) bool {
		least, ok := simulate(t, seed, near, 4000, false).Near.Least()
		return ok && least < 2
	})
	if t.Logf("of %d sweeps %d name a value that is not near", count, wrong); wrong > allowed {
		t.Errorf("of %d sweeps %d name a value that is not near the best, want at most %d", count, wrong, allowed)
	}
	named := each(count, func(seed uint64) bool {
		least, ok := simulate(t, seed, []float64{3, 1, 1, 1}, 4000, false).Near.Least()
		return !ok || least >= 1
	})
	if named != count {
		t.Errorf("of %d sweeps %d name a value that is three times as slow", count, count-named)
	}
}
