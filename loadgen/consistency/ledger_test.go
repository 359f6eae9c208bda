package consistency

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// happened is one request of a history: a write, or a read and the version that it returned.
type happened struct {
	write          bool
	n              int // of the version; 0: the initial one
	sent, end      time.Duration
	unknown, twice bool // outcomes of a write
	stale          bool // planted
	age            time.Duration
}

// judge lets a ledger judge a history of one key.
func judge(history []happened, initial string, remembered int) (judged []Judgement) {
	l, round := newLedger(remembered), NextRound()
	l.Begin(round, time.Time{}.Add(time.Hour), initial)
	version := func(n int) Version {
		if n == 0 {
			return ParseVersion([]byte("first"))
		}
		return ParseVersion([]byte(round.Prefix() + strconv.Itoa(n)))
	}
	order := make([]int, len(history))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(history[a].end, history[b].end) })
	judged = make([]Judgement, len(history))
	for _, i := range order {
		h := &history[i]
		if !h.write {
			judged[i] = l.Read(&Read{Key: []byte("k"), Version: version(h.n), Sent: h.sent, End: h.end, User: Nobody, Tag: time.Duration(i)})
			continue
		}
		w := Write{Key: []byte("k"), Version: version(h.n), Sent: h.sent, Acknowledged: h.end, User: Nobody}
		if h.unknown || h.twice {
			w.Acknowledged = Never
		}
		l.Write(&w)
	}
	l.Rest(func(tag time.Duration, j Judgement) { judged[tag] = j })
	return judged
}

// randomHistory is of one copy that takes effect at random within each request, but that some reads return any version.
func randomHistory(r *rand.Rand) []happened {
	n := 4 + r.IntN(12)
	history, effects := make([]happened, n), []struct {
		at time.Duration
		i  int
	}{}
	wrong := r.Float64() * r.Float64()
	for i := range history {
		sent := time.Duration(r.IntN(60)) * time.Millisecond
		h := &history[i]
		*h = happened{write: r.IntN(2) == 0, sent: sent, end: sent + time.Duration(1+r.IntN(20))*time.Millisecond}
		within := func() time.Duration { return h.sent + time.Duration(r.Float64()*float64(h.end-h.sent)) }
		at := []time.Duration{within()}
		if h.write {
			h.n, h.unknown, h.twice = i+1, r.IntN(6) == 0, r.IntN(8) == 0
			if h.twice {
				at = append(at, within()+time.Duration(r.IntN(30))*time.Millisecond)
			}
			if h.unknown && r.IntN(2) == 0 {
				at[0] += time.Duration(r.IntN(30)) * time.Millisecond // it takes effect after bench gave it up
			}
		}
		for _, t := range at {
			effects = append(effects, struct {
				at time.Duration
				i  int
			}{t, i})
		}
	}
	slices.SortFunc(effects, func(a, b struct {
		at time.Duration
		i  int
	}) int {
		return cmp.Compare(a.at, b.at)
	})
	value := 0
	for _, e := range effects {
		h := &history[e.i]
		switch {
		case h.write:
			value = h.n
		case r.Float64() >= wrong:
			h.n = value
		default:
			for h.n = -1; h.n < 0; {
				if any := &history[r.IntN(n)]; any.write && any.sent < h.end {
					h.n = any.n
				} else if r.IntN(4) == 0 {
					h.n = 0
				}
			}
		}
	}
	return history
}

// register is one copy of one key. A write of unknown outcome may take effect at any time after it was sent, one that was sent
// twice twice.
var register = porcupine.Model{
	Init: func() any { return 0 },
	Step: func(state, input, output any) (bool, any) {
		if n := input.(int); n >= 0 {
			return true, n
		}
		return output == state, state
	},
}

func linearizable(history []happened) bool {
	var list []porcupine.Operation
	for i, h := range history {
		o := porcupine.Operation{ClientId: i, Input: -1, Call: int64(h.sent), Output: h.n, Return: int64(h.end)}
		if h.write {
			o.Input = h.n
		}
		if h.unknown || h.twice {
			o.Return = math.MaxInt64
		}
		list = append(list, o)
		if h.twice {
			o.ClientId += len(history)
			list = append(list, o)
		}
	}
	return porcupine.CheckOperations(register, list)
}

// Where a read is called stale, no order of one copy gives these answers.
func TestStaleIsNotLinearizable(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 3))
	found, wrong := 0, 0
	for range 10_000 {
		history := randomHistory(r)
		remembered := []int{2, 3, 5, Remembered}[r.IntN(4)]
		stale := slices.ContainsFunc(judge(history, []string{"", "first"}[r.IntN(2)], remembered), func(j Judgement) bool { return j.Kind == Stale })
		ordered := linearizable(history)
		if stale && ordered {
			t.Fatalf("a read is called stale of a history that one copy gives, %d writes remembered:\n%s", remembered, told(history))
		}
		if stale {
			found++
		}
		if !ordered {
			wrong++
		}
	}
	if found < 1000 || found*3 < wrong {
		t.Errorf("a stale read in %d histories, of %d that no one copy gives: too few to mean something", found, wrong)
	}
	t.Logf("stale reads in %d histories; %d are not linearizable", found, wrong)
}

func told(history []happened) (text string) {
	for _, h := range history {
		text += fmt.Sprintf("%+v\n", h)
	}
	return text
}

// Of writes one after the other, each read of a version that was followed before it was sent is found, with its age.
func TestPlantedStaleReadsAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 4))
	for planted := 0; planted < 200; {
		history := []happened{{sent: 0, end: time.Millisecond}} // the initial version
		now := 10 * time.Millisecond
		var writes []happened
		for i := range 2 + r.IntN(20) {
			h := happened{write: true, n: i + 1, sent: now, end: now + time.Duration(1+r.IntN(5_000_000))}
			writes = append(writes, h)
			now = h.end + time.Millisecond + time.Duration(r.IntN(5_000_000))
			if r.IntN(3) > 0 {
				continue
			}
			n := r.IntN(len(writes) + 1)
			read := happened{n: n, sent: now, end: now + time.Duration(1+r.IntN(9_000_000)), stale: n < len(writes)}
			if read.stale {
				read.age = now - writes[n].end // writes[n] is the first after version n
				planted++
			}
			history = append(history, read)
			now += time.Millisecond
		}
		history = append(history, writes...)
		for i, j := range judge(history, "", Remembered) {
			h := &history[i]
			if !h.write && (j.Kind == Stale) != h.stale || j.Age != h.age || j.Kind == Foreign {
				t.Fatalf("%+v: %+v\n%s", *h, j, told(history))
			}
		}
	}
}
