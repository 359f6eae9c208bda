package consistency

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"
)

var start = time.Unix(0, 0)

// script lets a ledger take writes: key, number, sent and acknowledged in milliseconds; negative: without an acknowledgement.
func script(l *Ledger, round Round, writes ...[4]int) {
	l.Begin(round, start, "")
	for _, w := range writes {
		acknowledged := time.Duration(w[3]) * time.Millisecond
		if w[3] < 0 {
			acknowledged = Never
		}
		l.Write(&Write{
			Key: []byte(strconv.Itoa(w[0])), Version: round.Version(uint64(w[1])),
			Sent: time.Duration(w[2]) * time.Millisecond, Acknowledged: acknowledged, User: Nobody,
		})
	}
}

func TestGoneBack(t *testing.T) {
	l, round := New(), NextRound()
	l.Begin(round, start, "0")
	script(l, round, [][4]int{
		{1, 1, 10, 20}, {1, 2, 30, 40}, {1, 3, 50, 60}, // one after the other
		{2, 4, 70, 80}, {2, 5, 75, 85}, // beside each other
		{3, 6, 90, 95}, {3, 7, 96, -1}, {3, 8, 98, 99}, // one of unknown outcome
		{4, 9, 90, 99}, {4, 10, 110, 120}, // written again
	}...)
	ours := func(n uint64) Version { return Version{round.number, n} }
	first, other := ParseVersion([]byte("0")), ParseVersion([]byte("x"))
	for _, tc := range []struct {
		key  string
		v    Version
		want Gone
	}{
		{"1", ours(3), Gone{}},
		{"1", ours(2), Gone{Lost: []time.Duration{40}}},
		{"1", ours(1), Gone{Lost: []time.Duration{60, 40}}},
		{"1", first, Gone{Lost: []time.Duration{80, 60, 40}}},
		{"1", other, Gone{NotJudged: true}},
		{"1", ours(77), Gone{NotJudged: true}},
		{"2", ours(4), Gone{}},
		{"2", ours(5), Gone{}},
		{"3", ours(7), Gone{NotJudged: true}},
		{"3", ours(6), Gone{Lost: []time.Duration{1}}},
		{"4", ours(9), Gone{Again: true}},
		{"5", first, Gone{NotJudged: true}},
	} {
		for i := range tc.want.Lost {
			tc.want.Lost[i] *= time.Millisecond
		}
		got := l.GoneBack([]Found{{tc.key, tc.v}}, 100*time.Millisecond)
		if fmt.Sprint(got) != fmt.Sprint([]Gone{tc.want}) {
			t.Errorf("key %s found at %+v: %+v, want %+v", tc.key, tc.v, got[0], tc.want)
		}
	}
}

// Keys are drawn by the seed where there are too many.
func TestWritten(t *testing.T) {
	l := New()
	var writes [][4]int
	for i := range 50 {
		writes = append(writes, [4]int{i, i, 10 * i, 10*i + 5})
	}
	script(l, NextRound(), writes...)
	l.Read(&Read{Key: []byte("read only"), Version: ParseVersion([]byte("x")), Sent: time.Second, End: time.Second})
	keys, all := l.Written(10, 1)
	again, _ := l.Written(10, 1)
	other, _ := l.Written(10, 2)
	if all != 50 || len(keys) != 10 || len(slices.Compact(slices.Clone(keys))) != 10 || !slices.Equal(keys, again) || slices.Equal(keys, other) {
		t.Errorf("of %d keys %v, again %v, by another seed %v", all, keys, again, other)
	}
	if keys, all = l.Written(100, 1); len(keys) != 50 || all != 50 || slices.Contains(keys, "read only") {
		t.Errorf("all keys: %v", keys)
	}
}

// A version that is forgotten is stale by at least the age of what is remembered; foreign ones are told apart; so is who wrote.
func TestReadKinds(t *testing.T) {
	round, elsewhere := NextRound(), NextRound()
	l := newLedger(3)
	read := func(key string, v Version, sent, user int) Judgement {
		at := time.Duration(sent) * time.Millisecond
		return l.Read(&Read{Key: []byte(key), Version: v, Sent: at, End: at + 1, User: user, Tag: 7})
	}
	first, other := ParseVersion([]byte("first")), ParseVersion([]byte("other"))
	read("1", first, 0, Nobody)
	script(l, round, [4]int{1, 1, 10, 20}, [4]int{2, 2, 12, 22})
	for what, got := range map[string]Judgement{
		"first":     read("1", first, 25, Nobody),
		"current":   read("1", Version{round.number, 1}, 25, Nobody),
		"other key": read("1", Version{round.number, 2}, 25, Nobody),
		"another's": read("1", other, 25, Nobody),
		"elsewhere": read("1", Version{elsewhere.number, 1}, 25, Nobody),
		"pending":   read("1", Version{round.number, 9}, 25, Nobody),
	} {
		want := map[string]Judgement{"first": {Kind: Stale, Age: 5 * time.Millisecond}, "current": {}, "pending": {}}
		if w, ok := want[what]; !ok {
			w.Kind = Foreign
			want[what] = w
		}
		if got != want[what] {
			t.Errorf("%s: %+v, want %+v", what, got, want[what])
		}
	}
	l.Write(&Write{Key: []byte("1"), Version: Version{round.number, 3}, Sent: 30e6, Acknowledged: 40e6, User: 5})
	if got := read("1", Version{round.number, 1}, 50, 5); got != (Judgement{Kind: Stale, Age: 10e6, Own: true}) {
		t.Errorf("one's own: %+v", got)
	}
	if got := read("1", Version{round.number, 1}, 50, 6); got.Own {
		t.Errorf("another user's: %+v", got)
	}
	script(l, round, [4]int{1, 4, 50, 60}, [4]int{1, 5, 70, 80}) // 1 and 2 are forgotten
	if got := read("1", Version{round.number, 1}, 100, Nobody); got.Kind != Waiting {
		t.Errorf("forgotten: %+v", got)
	}
	l.Rest(func(tag time.Duration, j Judgement) {
		if tag != 7 || j != (Judgement{Kind: Stale, Age: 60e6, AtLeast: true}) {
			t.Errorf("forgotten: %+v", j)
		}
	})
}

func TestParseVersion(t *testing.T) {
	r := NextRound()
	if got := ParseVersion([]byte(r.Prefix() + "120")); got != (Version{r.number, 120}) {
		t.Errorf("%s120: %+v", r.Prefix(), got)
	}
	for _, text := range []string{"", "0", digits, digits + "-", digits + "-1", digits + "-1-", digits + "-01-2", digits + "-1-02", digits + "-0-2",
		digits + "-1-2x", digits + "-1-2-3", digits + "-4294967296-2", "x" + digits + "-1-2", digits + "-1-99999999999999999999"} {
		if got := ParseVersion([]byte(text)); got.Round != 0 {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// What a write and 19 reads cost, with all that is remembered there.
func BenchmarkLedger(b *testing.B) {
	l, round := New(), NextRound()
	l.Begin(round, start, "0")
	keys := make([][]byte, 300)
	for i := range keys {
		keys[i] = strconv.AppendInt(nil, int64(i), 10)
	}
	last := make([]uint64, len(keys))
	now := time.Duration(0)
	step := func(n int) {
		at := (n * 7) % len(keys)
		now += 2 * time.Millisecond
		l.Write(&Write{Key: keys[at], Version: Version{round.number, uint64(n)}, Sent: now, Acknowledged: now + time.Millisecond, User: Nobody})
		last[at] = uint64(n)
		for i := range 19 {
			k := (n + i) % len(keys)
			l.Read(&Read{Key: keys[k], Version: Version{round.number, last[k] - uint64(i&1)*min(last[k], 300)}, Sent: now + time.Millisecond, End: now + 2*time.Millisecond, User: Nobody})
		}
	}
	n := 0
	for ; n < Remembered+1000; n++ {
		step(n)
	}
	b.ReportAllocs()
	for b.Loop() {
		step(n)
		n++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/20, "ns/request")
}
