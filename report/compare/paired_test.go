package compare

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// mirrored are the pairs of a run of so many seconds: what a second's luck is falls on both sides and in part on one, every
// request has its own, and B is slower by a factor.
func mirrored(random *rand.Rand, seconds, perSecond int, luck, factor float64) []runfile.LatencyPair {
	var pairs []runfile.LatencyPair
	for s := range seconds {
		both := 0.3 * random.NormFloat64()
		lucks := [2]float64{both + luck*random.NormFloat64(), both + luck*random.NormFloat64()}
		for range perSecond {
			a := 1e6 * math.Exp(lucks[0]+0.5*random.NormFloat64())
			b := 1e6 * factor * math.Exp(lucks[1]+0.5*random.NormFloat64())
			pairs = append(pairs, runfile.LatencyPair{Second: int32(s), A: float32(a), B: float32(b)})
		}
	}
	return pairs
}

// The interval holds the truth about as often as it says, though the requests of a second are alike; and a side that is
// slower by a quarter is called so.
func TestPairedIntervalHoldsTheTruth(t *testing.T) {
	racetest.Skip(t)
	trials := 200
	if testing.Short() {
		trials = 50
	}
	random := rand.New(rand.NewPCG(3, 4))
	held, called, wrong := 0, 0, 0
	for range trials {
		row := Paired(mirrored(random, 40, 60, 0.1, 1.25))[0]
		if row.Change.Low <= 1.25 && 1.25 <= row.Change.High {
			held++
		}
		if row.Outcome == Worse {
			called++
		}
		if Paired(mirrored(random, 40, 60, 0.1, 1))[0].Outcome != Undecided {
			wrong++
		}
	}
	t.Logf("of %d: the truth was held %d times, slower by a quarter called %d times, equal sides told apart %d times", trials, held, called, wrong)
	if held < 91*trials/100 || called < 95*trials/100 || wrong > 8*trials/100 {
		t.Errorf("of %d: the truth was held %d times, slower by a quarter called %d times, equal sides told apart %d times", trials, held, called, wrong)
	}
}

func TestPairedBlocks(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		seconds, perSecond int
		thinP99, interval  bool
		why                string
	}{
		{32, 500, false, true, "30 whole seconds of 500: blocks of 4 s have 20 beyond P99"},
		{32, 100, true, true, "at 100/s six blocks of 5 s have 5 beyond P99 each"},
		{5, 500, true, false, "3 whole seconds are too few blocks for an interval"},
		{1, 10, true, false, "one second"},
	} {
		rows := Paired(mirrored(random, c.seconds, c.perSecond, 0.1, 1))
		p99 := rows[2]
		if p99.Thin != c.thinP99 || math.IsInf(p99.Change.High, 1) == c.interval {
			t.Errorf("%s: thin %v, interval %+v", c.why, p99.Thin, p99.Change)
		}
		if !c.interval && p99.Outcome != Undecided {
			t.Errorf("%s: %s without an interval", c.why, p99.Outcome)
		}
	}
	if Paired(nil) != nil {
		t.Error("rows of no pairs")
	}
}

func TestQuantilesOfPairs(t *testing.T) {
	var pairs []runfile.LatencyPair
	for i := range 100 {
		pairs = append(pairs, runfile.LatencyPair{A: float32(100 - i), B: float32(10 * (i + 1))})
	}
	if a, b := quantiles(pairs, 0.99); a != (quantile{99, false}) || b != (quantile{990, false}) {
		t.Errorf("P99 of 1 … 100 and of 10 … 1000 is %v and %v", a, b)
	}
	pairs[98].BLow = true // 990 at least
	if a, b := quantiles(pairs, 0.99); a.low || !b.low {
		t.Errorf("%v and %v, want a lower bound of B", a, b)
	}
	if _, b := quantiles(pairs, 0.98); b.low {
		t.Errorf("%v lies below the least lower bound", b)
	}
}

// hanging are the pairs of sides that answer in about 5 ms, and do not answer one request in so many within 2 s (0: all).
func hanging(random *rand.Rand, everyA, everyB int) (pairs []runfile.LatencyPair) {
	hangs := func(i, every int) bool { return every > 0 && i%every == every-1 }
	for i := range 200 * 17 {
		p := runfile.LatencyPair{Second: int32(i / 200), A: float32(5e6 + 1e5*random.NormFloat64()), B: float32(5e6 + 1e5*random.NormFloat64())}
		if hangs(i, everyA) {
			p.A, p.ALow = 2e9, true
		}
		if hangs(i, everyB) {
			p.B, p.BLow = 2e9, true
		}
		pairs = append(pairs, p)
	}
	return pairs
}

// A side that does not answer some requests is slower in them, by how much is open; where neither does nothing is known.
func TestPairedOfSidesThatHang(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for _, c := range []struct {
		name           string
		everyA, everyB int
		outcome        Outcome
		low, high      float64 // of the change at P99: within a tenth; 0 and +Inf are open
	}{
		{"B", 0, 33, Worse, 380, math.Inf(1)},
		{"A", 33, 0, Better, 0, 1. / 380},
		{"both", 33, 33, Undecided, 0, math.Inf(1)},
		{"neither", 0, 0, Undecided, 0.99, 1.01},
	} {
		rows := Paired(hanging(random, c.everyA, c.everyB))
		p50, p99 := rows[0], rows[2]
		if p50.ALow || p50.BLow || p50.Outcome != Undecided || math.Abs(p50.Change.Center-1) > 0.01 {
			t.Errorf("%s: P50 %+v, which is that of the answers", c.name, p50)
		}
		if p99.BLow != (c.everyB > 0) || p99.ALow != (c.everyA > 0) || c.everyB > 0 && p99.B != 2e9 {
			t.Errorf("%s: P99 %v (%v) and %v (%v), want 2 s at least where it hangs", c.name, p99.A, p99.ALow, p99.B, p99.BLow)
		}
		open := func(got, want float64) bool {
			if want == 0 || math.IsInf(want, 1) {
				return got == want
			}
			return math.Abs(got/want-1) < 0.1
		}
		if p99.Outcome != c.outcome || !open(p99.Change.Low, c.low) || !open(p99.Change.High, c.high) {
			t.Errorf("%s: %s, %+v, want %s between %v and %v", c.name, p99.Outcome, p99.Change, c.outcome, c.low, c.high)
		}
	}
}

// The curve of a side goes through its quantiles, and ends where less than one request lies beyond.
func TestPairedCurves(t *testing.T) {
	pairs := make([]runfile.LatencyPair, 200)
	for i := range pairs {
		pairs[i] = runfile.LatencyPair{A: float32(1000 * (i + 1)), B: float32(2000 * (200 - i))}
	}
	for side, c := range PairedCurves([2]string{"old", "new"}, pairs) {
		if last := CurveIndex(1 - 1.0/200); len(c.Values) != last && len(c.Values) != last+1 {
			t.Errorf("%s has %d values, want about %d", c.Arm, len(c.Values), last)
		}
		for _, q := range []float64{0, 0.9, 0.99} {
			want := time.Duration(max(1, math.Round(q*200)) * 1000 * float64(side+1))
			if got := c.Values[CurveIndex(q)]; got != want {
				t.Errorf("%s at %v: %v, want %v", c.Arm, q, got, want)
			}
		}
	}
}
