package loadgen

import (
	"bufio"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"pgregory.net/rapid"
)

// TestAnswerMarksOfBothEngines: a header says the same as it came and as net/http gives it.
func TestAnswerMarksOfBothEngines(t *testing.T) {
	rules := []*HitRule{nil}
	for _, text := range []string{"x-cache~^a", "server-timing~db", "X-Served-By~cache"} {
		rule, err := ParseHitRule(text)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, rule)
	}
	name := rapid.SampledFrom([]string{"X-Cache", "x-cache", "CF-Cache-Status", "AGE", "Age", "Server-Timing", "server-timing", "X-Served-By", "X-Cached", "Date"})
	value := rapid.SampledFrom([]string{"", "HIT", "Hit from cloudfront", "miss", "expired", "a, hit", "HIT,", "hi", "0", "12", "-1", "99999999999999999999",
		"db;dur=1.5", "cache;desc=\"hit, b\", db;dur=2", "a;dur=1,b;dur=1,c;dur=1,d;dur=1,e;dur=1", "cache-1",
		strings.Repeat("long", maxSeen/4)})
	marks := make([]*answerMarks, len(rules))
	for i, rule := range rules {
		marks[i] = newAnswerMarks(rule)
	}
	rapid.Check(t, func(t *rapid.T) {
		var lines strings.Builder
		for range rapid.IntRange(0, 6).Draw(t, "lines") {
			lines.WriteString(name.Draw(t, "name") + ": " + value.Draw(t, "value") + "\r\n")
		}
		header, err := textproto.NewReader(bufio.NewReader(strings.NewReader(lines.String() + "\r\n"))).ReadMIMEHeader()
		if err != nil {
			t.Fatal(err)
		}
		for i, raw := range marks { // which have read others before
			asMap := newAnswerMarks(rules[i])
			asMap.read(exchange.Header{Fields: http.Header(header)})
			want := inTotals(asMap.timings)
			for range 2 { // the second time it is what was read last, whose bytes are gone
				came := []byte(lines.String())
				raw.read(exchange.Header{Lines: came})
				if got := inTotals(raw.timings); raw.cache() != asMap.cache() || !slices.Equal(got, want) {
					t.Fatalf("%q under %v\nas it came: %v, %v\nby net/http: %v, %v", lines.String(), rules[i], raw.cache(), got, asMap.cache(), want)
				}
				clear(came)
			}
		}
	})
}

const markedHeader = "Server: nginx\r\nDate: Tue, 24 Nov 2026 12:00:00 GMT\r\nContent-Length: 12\r\nAge: 12\r\n" +
	"x-cache: Hit from cloudfront\r\nServer-Timing: db;dur=1.532, cache;desc=\"a, b\";dur=0.02\r\n"

// A rule is left out: regexp keeps what it matches with in a pool, which the race detector empties at random.
func TestAnswerMarksAllocateNothing(t *testing.T) {
	header, m := exchange.Header{Lines: []byte(markedHeader)}, newAnswerMarks(nil)
	other := exchange.Header{Lines: []byte("Server: nginx\r\n")}
	if n := testing.AllocsPerRun(50, func() {
		m.read(other)
		m.read(header)
		if m.cache() != cacheHit || len(m.timings) != 2 {
			t.Fatalf("%v, %v", m.cache(), inTotals(m.timings))
		}
	}); n != 0 {
		t.Errorf("%v allocations an answer", n)
	}
}

func BenchmarkAnswerMarks(b *testing.B) {
	header := exchange.Header{Lines: []byte(markedHeader)}
	for _, tc := range []struct {
		name   string
		before exchange.Header
	}{{"the same again", header}, {"another", exchange.Header{Lines: []byte("Server: nginx\r\n")}}} {
		b.Run(tc.name, func(b *testing.B) {
			m := newAnswerMarks(nil)
			b.ReportAllocs()
			for b.Loop() {
				m.read(tc.before)
				if m.read(header); m.cache() != cacheHit || len(m.timings) != 2 {
					b.Fatalf("%v, %v", m.cache(), inTotals(m.timings))
				}
			}
		})
	}
}
