package report

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
)

func mirrorFixture() *Mirror {
	run := func() *runfile.Run {
		return &runfile.Run{Seed: 3, Verdict: runfile.Verdict{Kind: runfile.Valid, Evidence: []string{"wait P99 0 ns"}}}
	}
	var pairs []runfile.LatencyPair
	for i := range 27 * 200 {
		v := float32(1e6 * (1 + float32(i%100)/100))
		pairs = append(pairs, runfile.LatencyPair{Second: int32(3 + i/200), A: v, B: 1.5 * v})
	}
	m := NewMirror([2]string{"stable", "canary"}, &runfile.Mirrored{A: run(), B: run(), Pairs: runfile.Pairs{
		Compared: 5390, Different: 12, ByRule: map[string]uint64{"body": 12}, OnlyA: 10, Timed: 5390, Slower: 4312,
		Samples:   []runfile.Difference{{K: 1234, AtNS: 6 * time.Second, Endpoint: "GET /\x1b[31mitems", Rules: []string{"body"}, StatusA: 200, StatusB: 500}},
		Latencies: pairs,
	}})
	m.Rate, m.Length, m.Rules, m.Repeat = 200, 27*time.Second, []string{"status", "body"}, "bench compare a b --mirror"
	return m
}

func TestMirrored(t *testing.T) {
	m := mirrorFixture()
	for _, width := range []int{40, 100} {
		var b bytes.Buffer
		if err := WriteMirror(&b, m, Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if n := page.Columns(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("width %d: a line of %d columns: %s", width, n, line)
			}
		}
		flat := strings.Join(strings.Fields(b.String()), " ")
		for _, want := range []string{
			"stable and canary gave different answers to 12 of 5,390 requests (0.2 %).",
			"One alone answered 10 requests: stable 10, canary 0.",
			"canary is slower than stable at P99: +50 % (+50 … +50), 95 %.",
			"body 12 5,390", "canary slower in 80 % of them", "share this machine",
		} {
			if !strings.Contains(flat, want) {
				t.Errorf("width %d lacks %q:\n%s", width, want, b.String())
			}
		}
		if strings.Contains(b.String(), "\x1b") {
			t.Error("an escape sequence is in the report")
		}
	}
	a, b2 := &runfile.Run{}, &runfile.Run{Interrupted: true}
	a.Overall.TargetTime, a.Overall.Requests.Due = &runfile.TargetTime{Untold: 20}, 1000
	spoilt := NewMirror(m.Names, &runfile.Mirrored{A: a, B: b2, Pairs: m.Pairs})
	m.Interrupted, m.Spoiled = spoilt.Interrupted, spoilt.Spoiled
	var b bytes.Buffer
	if err := WriteMirror(&b, m, Options{}); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.HasPrefix(text, "INTERRUPTED: ") || !strings.Contains(text, "The latencies are not the targets': bench did not send 20 of 1000 requests") || strings.Contains(text, "canary slower\n") {
		t.Errorf("spoiled and interrupted:\n%s", text)
	}
}

// A side that hangs is slower by at least so much, and nobody knows by how much.
func TestMirroredOfASideThatHangs(t *testing.T) {
	m := mirrorFixture()
	var pairs []runfile.LatencyPair
	for i := range 17 * 200 {
		p := runfile.LatencyPair{Second: int32(i / 200), A: 5e6, B: 5e6}
		if i%33 == 32 {
			p.B, p.BLow = 2e9, true
		}
		pairs = append(pairs, p)
	}
	m.Rows, m.Pairs.OneBound, m.Pairs.Unanswered = compare.Paired(pairs), 103, 2
	var b bytes.Buffer
	if err := WriteMirror(&b, m, Options{Width: 100}); err != nil {
		t.Fatal(err)
	}
	flat := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{"canary is slower than stable at P99: ≥ 400× (399× or more), 95 %.", "≥ 2.0 s", "in 103 one was not answered in time · in 2 more neither was"} {
		if !strings.Contains(flat, want) {
			t.Errorf("it lacks %q:\n%s", want, b.String())
		}
	}
}

func mirrorMarkdown(t *testing.T, m *Mirror) string {
	t.Helper()
	var b strings.Builder
	if err := WriteMirrorMarkdown(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMirrorMarkdown(t *testing.T) {
	m := mirrorFixture()
	got := mirrorMarkdown(t, m)
	for _, want := range []string{
		"**stable and canary gave different answers to 12 of 5,390 requests (0.2 %).**\n\n**One alone answered 10 requests",
		"| body | 12 | 5,390 |\n", "| 1,234 | ", "canary slower in 80 % of them", "share this machine", "\nRepeat: `bench compare a b --mirror`\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, got)
		}
	}
	m.Pairs.Different, m.Pairs.Samples = 0, nil
	if got := mirrorMarkdown(t, m); strings.Contains(got, "differs in") {
		t.Errorf("a table of no differences:\n%s", got)
	}
	for line := range strings.Lines(got) {
		if strings.ContainsAny(line, "\x1b[") {
			t.Errorf("what a server said is Markdown: %s", line)
		}
	}
}

func TestMirrorJSON(t *testing.T) {
	var b bytes.Buffer
	if err := WriteMirrorJSON(&b, mirrorFixture()); err != nil {
		t.Fatal(err)
	}
	var f mirrorFile
	if err := json.Unmarshal(b.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	if n, ok := f.Pairs.ByRule["status"]; f.Kind != "mirror" || len(f.Rows) != 3 || f.Rows[0].Outcome != compare.Worse || !ok || n != 0 || f.Pairs.Compared != 5390 {
		t.Errorf("%+v", f)
	}
	if strings.Contains(b.String(), `\u001b`) {
		t.Error("an escape sequence is in the file")
	}
	// What a picture shows of it is in the file too.
	want := mirrorFixture()
	got, err := DecodeMirror("mirror.json", b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if len(want.Curves[1].Values) < 50 || !reflect.DeepEqual(got.Curves, want.Curves) {
		t.Errorf("read back, the curves are %v, want %v", got.Curves, want.Curves)
	}
	if blocks := got.Rows[0].RoundsB; len(blocks) < 6 || !reflect.DeepEqual(blocks, want.Rows[0].RoundsB) {
		t.Errorf("read back, the blocks are %v, want %v", blocks, want.Rows[0].RoundsB)
	}
}
