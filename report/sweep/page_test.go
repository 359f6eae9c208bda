package sweep

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/report"
)

// six is a sweep over strategies with every figure.
func six() *Sweep {
	ms := func(v float64) time.Duration { return time.Duration(v * float64(time.Millisecond)) }
	cell := func(name string, p99 float64, stale uint64, age time.Duration, lost uint64, load, hits float64) Cell {
		c := Cell{Name: name, Values: []string{name}, Rounds: 14, Due: 2800, Memory: 38e6}
		c.Reads = Latency{Count: 2600, P50NS: ms(0.2), P95NS: ms(0.7), P99NS: ms(p99), Between: &[2]float64{p99 * 0.9e6, p99 * 1.1e6}}
		c.Writes = &Latency{Count: 140, P50NS: ms(1), P95NS: ms(1.9), P99NS: ms(4)}
		c.Stale = &Stale{Judged: 2600, Stale: stale, AgeP99: age, AgeMax: age + time.Second, Between: &[2]float64{0, float64(stale) / 2000}}
		c.Lost = &Lost{Writes: lost, Keys: 120}
		c.Origin = &Origin{Statements: uint64(load * 14), PerSecond: load}
		if hits > 0 {
			c.Cache = &Cache{Hits: uint64(hits * 2600), Misses: uint64((1 - hits) * 2600)}
			c.Hits = &Latency{Count: 2500, P50NS: ms(0.2), P95NS: ms(0.3), P99NS: ms(0.5)}
		}
		return c
	}
	s := &Sweep{
		Schema: schema, Kind: Kind, Subject: "cached", Options: []string{"strategy"}, Metric: "p99", Rate: 220, Reads: 0.95, Tested: true,
		Quads: 7, Planned: 7, RoundNS: int64(time.Second), Restarted: true, Seed: 1, TookNS: 5 * time.Minute, Notes: []string{"ttl=2s, as none was given"},
		Cells: []Cell{
			cell("none", 7.0, 0, 0, 0, 220, 0), cell("ttl", 2.4, 57, ms(1900), 0, 5, 0.987), cell("aside", 3.4, 0, 0, 0, 16, 0.961),
			cell("write-behind", 3.3, 0, 0, 41, 4.9, 0.988), cell("swr", 2.1, 99, ms(2900), 0, 4.1, 0.989),
		},
	}
	slower := map[[2]int]string{{0, 1}: "a", {0, 2}: "a", {0, 3}: "a", {0, 4}: "a", {1, 2}: "b", {1, 3}: "b", {2, 4}: "a", {3, 4}: "a"}
	for a := range s.Cells {
		for b := a + 1; b < len(s.Cells); b++ {
			s.Pairs = append(s.Pairs, Pair{A: a, B: b, Metric: s.Metric, Ratio: float64(s.Cells[b].Reads.P99NS) / float64(s.Cells[a].Reads.P99NS), Level: 0.005, Slower: slower[[2]int{a, b}]})
		}
	}
	s.Rank()
	return s
}

func lines(t *testing.T, s *Sweep, o report.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteTerminal(&b, s, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The first sentence names all cells among the best, with what they cost, and orders none that were not told apart.
func TestAnswerNamesAllOfTheBest(t *testing.T) {
	want := "ttl and swr read fastest (P99 2.4 ms and 2.1 ms; not told apart) and are stale for 2.2 % and 3.8 % of reads, by up to 3.9 s. " +
		"Of the cells that were never stale, aside and write-behind read fastest (P99 3.4 ms and 3.3 ms; not told apart). write-behind lost 41 acknowledged writes when killed."
	if got := Answer(six()); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	equal := six()
	for i := range equal.Pairs {
		equal.Pairs[i].Slower = ""
	}
	equal.Rank()
	if got := Answer(equal); got != "No cell is shown to be slower than another at P99 of the reads: none, ttl, aside, write-behind and swr are not told apart. "+
		"ttl and swr are stale for 2.2 % and 3.8 % of reads, by up to 3.9 s; the others never. write-behind lost 41 acknowledged writes when killed." {
		t.Error(got)
	}
	most := six()
	for i := range most.Pairs {
		most.Pairs[i].Slower = map[bool]string{true: "a"}[most.Pairs[i].A == 0]
	}
	most.Rank()
	if got := Answer(most); got != "ttl, aside, write-behind and swr read fastest (P99 2.1 ms to 3.4 ms; not told apart). "+
		"ttl and swr are stale for 2.2 % and 3.8 % of reads, by up to 3.9 s; the others never. write-behind lost 41 acknowledged writes when killed." {
		t.Error(got)
	}
	both := six()
	for i := range both.Pairs {
		p := both.Pairs[i]
		if p.Metric, p.Slower = "p50", ""; p.A == 1 && p.B == 4 {
			p.Slower = "b"
		}
		both.Pairs = append(both.Pairs, p)
	}
	both.Rank()
	if got := Answer(both); !strings.HasPrefix(got, "ttl reads fastest (P50 200 us, P99 2.4 ms) and is stale for 2.2 % of reads, by up to 2.9 s. Of the cells that were never stale, aside and write-behind") {
		t.Error(got)
	}
	turns := six()
	turns.Pairs = append(turns.Pairs, Pair{A: 1, B: 2, Metric: "p50", Slower: "a"}, Pair{A: 2, B: 4, Metric: "p50", Slower: "b"})
	turns.Rank()
	if got := Answer(turns); !strings.HasPrefix(got, "ttl, aside and swr read fastest (P50 200 us, 200 us and 200 us; P99 2.4 ms, 3.4 ms and 2.1 ms; none ahead of another). aside is faster than ttl at P50 and slower at P99. "+
		"ttl and swr are stale for 2.2 % and 3.8 % of reads, by up to 3.9 s. Of the cells that were never stale, aside and write-behind read fastest (P50 200 us and 200 us; P99 3.4 ms and 3.3 ms; not told apart).") {
		t.Error(got)
	}
	for i := range both.Pairs {
		both.Pairs[i].Slower = ""
	}
	both.Rank()
	if got := Answer(both); !strings.HasPrefix(got, "No cell is shown to be slower than another at P50 or P99 of the reads: ") {
		t.Error(got)
	}
	if shown := lines(t, both, report.Options{Width: 140}); !strings.Contains(shown, "all pairs tested once at P50 and P99, 5 % over all") {
		t.Error(shown)
	}
	cut := six()
	cut.Interrupted, cut.Tested = true, false
	if got := Answer(cut); got != "Interrupted after 7 quads of 7; nothing is decided, this is what was measured so far." {
		t.Error(got)
	}
}

// A row a cell by place, and a column only where there is a figure.
func TestTableOfCells(t *testing.T) {
	shown := lines(t, six(), report.Options{Width: 140})
	for _, want := range []string{
		"at 220/s, 95 % reads", "place", "write P95", "age P99", "lost", "database", "hits", "memory",
		"7 quads of 1 s rounds, each with fresh starts", "all pairs tested once at P99, 5 % over all", "note  ttl=2s, as none was given",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in\n%s", want, shown)
		}
	}
	at := func(what string) int { return strings.Index(shown, "\n"+what) }
	if !(at("swr ") < at("ttl ") && at("ttl ") < at("write-behind ") && at("write-behind ") < at("aside ") && at("aside ") < at("none ")) {
		t.Errorf("not by place:\n%s", shown)
	}
	foreign := six()
	foreign.Cells[1].Stale.Foreign, foreign.Cells[1].Stale.NotJudged = 100, 7
	shown = lines(t, foreign, report.Options{Width: 140})
	for _, want := range []string{"somebody else writes at ttl: of its reads 100 returned", "107 of 13,107 reads could not be judged"} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in\n%s", want, shown)
		}
	}
	bare := six()
	for i := range bare.Cells {
		c := &bare.Cells[i]
		c.Writes, c.Stale, c.Lost, c.Origin, c.Cache, c.Memory = nil, nil, nil, nil, nil, 0
	}
	shown = lines(t, bare, report.Options{Width: 140})
	for _, gone := range []string{"write", "stale", "lost", "database", "memory", "holds", "failed"} {
		if strings.Contains(strings.ReplaceAll(shown, "write-behind", ""), gone) {
			t.Errorf("%q without a figure:\n%s", gone, shown)
		}
	}
	for _, l := range strings.Split(lines(t, six(), report.Options{Width: 100, Verbose: true}), "\n") {
		if n := len([]rune(l)); n > 100 {
			t.Errorf("%d columns: %s", n, l)
		}
	}
}

// The picture has a letter for each cell, and the curve one for each value.
func TestPictures(t *testing.T) {
	shown := lines(t, six(), report.Options{Width: 100})
	for _, want := range []string{"P99 of the reads, logarithmic, against the share of stale reads", "A swr  B ttl", "3.8 %", "┤"} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in\n%s", want, shown)
		}
	}
	s := six()
	s.Options = []string{"size"}
	for i := range s.Cells {
		s.Cells[i].Name, s.Cells[i].Values = "size="+[]string{"1", "2", "4", "8", "16"}[i], []string{[]string{"1", "2", "4", "8", "16"}[i]}
		s.Cells[i].Stale = nil
	}
	s.Near = &Near{Within: []int{1, 4}, Open: []int{0}}
	shown = lines(t, s, report.Options{Width: 100})
	for _, want := range []string{"by size", "A size=1  B size=2", "size=2 is the smallest size shown to lie within 10 % of the best; of size=1 the time did not tell."} {
		if !strings.Contains(strings.ReplaceAll(shown, "\n", " "), want) {
			t.Errorf("no %q in\n%s", want, shown)
		}
	}
	s.Near = &Near{Open: []int{1, 4}}
	if got := Answer(s); !strings.Contains(got, "No size is shown to lie within 10 % of the best: the time did not tell between size=2 and size=16.") {
		t.Error(got)
	}
}

// What was written is read as it was, and what cannot be is refused.
func TestSweepFile(t *testing.T) {
	var b bytes.Buffer
	s := six()
	if err := WriteJSON(&b, s); err != nil {
		t.Fatal(err)
	}
	again, err := Decode("s.json", b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again, s) {
		t.Errorf("%+v\nwant %+v", again, s)
	}
	before := bytes.ReplaceAll(b.Bytes(), []byte(`"metric": "p99",`+"\n      \"ratio\""), []byte(`"ratio"`))
	if old, err := Decode("old.json", before); err != nil || bytes.Equal(before, b.Bytes()) || !reflect.DeepEqual(old.Pairs, s.Pairs) {
		t.Errorf("a file of before, whose pairs have no percentile: %v", err)
	}
	for what, change := range map[string]func(*Sweep){
		"another kind":       func(s *Sweep) { s.Kind = "gate" },
		"one cell":           func(s *Sweep) { s.Cells, s.Pairs = s.Cells[:1], nil },
		"a pair of no cell":  func(s *Sweep) { s.Pairs[0].B = 9 },
		"a pair by P95":      func(s *Sweep) { s.Pairs[0].Metric = "p95" },
		"a pair of one cell": func(s *Sweep) { s.Pairs[0].B = s.Pairs[0].A },
		"another best":       func(s *Sweep) { s.Cells[0].Best = true },
		"more stale":         func(s *Sweep) { s.Cells[0].Stale.Stale = 1 << 40 },
		"values of others":   func(s *Sweep) { s.Cells[0].Values = nil },
		"a metric":           func(s *Sweep) { s.Metric = "p98" },
		"near of a grid":     func(s *Sweep) { s.Near = &Near{Within: []int{7}} },
		"bounds":             func(s *Sweep) { s.Cells[0].Reads.Between = &[2]float64{2, 1} },
		"latency":            func(s *Sweep) { s.Cells[0].Reads.P50NS = -1 },
		"an outcome":         func(s *Sweep) { s.Cells[0].Holds = "fine" },
	} {
		edited := six()
		change(edited)
		data, err := json.Marshal(edited)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode("s.json", data); err == nil || !strings.HasPrefix(err.Error(), "s.json: is damaged or was edited: ") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A cell's name is text of others, whatever it holds.
func TestHostileNames(t *testing.T) {
	s := six()
	for i := range s.Cells {
		s.Cells[i].Name = strings.Repeat("\x1b[31m<b>|`\n", 50)
	}
	s.Subject, s.Notes = "\x1b]0;x\a", []string{"\x1b[2J"}
	var md bytes.Buffer
	if err := WriteMarkdown(&md, s); err != nil {
		t.Fatal(err)
	}
	if all := lines(t, s, report.Options{Verbose: true}) + md.String(); strings.ContainsAny(all, "\x1b\a") {
		t.Error("a control character is shown")
	}
}
