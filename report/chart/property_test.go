package chart

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/racetest"
)

// TestColorsStandOut computes the contrast of WCAG 2.2, 1.4.11.
func TestColorsStandOut(t *testing.T) {
	for _, ground := range []string{LightGround, DarkGround} {
		for _, color := range Colors {
			if got := contrast(color, ground); got < 3 {
				t.Errorf("%s on %s has a contrast of %.2f, less than 3", color, ground, got)
			}
		}
	}
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(color string) float64 {
	part := func(from int) float64 {
		n, err := strconv.ParseUint(color[from:from+2], 16, 8)
		if err != nil {
			panic(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(1) + 0.7152*part(3) + 0.0722*part(5)
}

func TestReducedKeepsMaxima(t *testing.T) {
	var points []Point
	for i := range 3600 {
		points = append(points, Point{X: float64(i), Y: 1})
	}
	points[1234] = Point{X: 1234, Y: 99, Open: true}
	points[2000].Y = math.NaN()
	got := reduced(points)
	if len(got) > maxPoints {
		t.Errorf("%d points", len(got))
	}
	kept := 0
	for _, p := range got {
		if math.IsNaN(p.Y) {
			t.Errorf("a gap at %g hides values beside it", p.X)
		}
		if p == points[1234] {
			kept++
		}
	}
	if kept != 1 {
		t.Errorf("the highest point is drawn %d times", kept)
	}
}

func TestLabelsDoNotOverlap(t *testing.T) {
	for n := range 40 {
		var labels []label
		for i := range n {
			labels = append(labels, label{text: fmt.Sprint(i), y: float64(100 + i%3)})
		}
		got := apart(labels, 20, 200)
		for i, l := range got {
			if l.y < 20 || l.y > 200 {
				t.Fatalf("of %d labels one stands at %g", n, l.y)
			}
			if i > 0 && l.y-got[i-1].y < lineHeight-1e-9 {
				t.Fatalf("of %d labels two stand at %g and %g", n, got[i-1].y, l.y)
			}
		}
	}
}

// An hour with values everywhere: the heaviest heat map there can be.
func TestHeatMapIsSmall(t *testing.T) {
	racetest.Skip(t)
	h := Heat{Unit: Nanoseconds, Every: 1}
	for i := range 3600 {
		var c Column
		for row := range 120 {
			c.Bins = append(c.Bins, Bin{math.Pow(10, 5+float64(row)/30), float64(1 + (i*7919+row*104729)%997)})
		}
		h.Columns = append(h.Columns, c)
	}
	svg := h.SVG("")
	if len(svg) > 400_000 {
		t.Errorf("%d bytes", len(svg))
	}
	if got := strings.Count(svg, "<path"); got > len(shares) {
		t.Errorf("%d paths for %d colour steps", got, len(shares))
	}
}

func TestRunsAreJoined(t *testing.T) {
	rows := [][]int8{{0, 0, -1, 0}, {1, 1, 1, 1}}
	if got, want := runs(rows, 0), "M0 0h2m1 0h1"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := runs(rows, 1), "M0 1h4"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		axis     Axis
		min, max float64
		want     string
	}{
		{Axis{Unit: Seconds, From: 0, To: 90}, 0, 0, "0 s 15 s 30 s 45 s 60 s 75 s 90 s"},
		{Axis{Unit: Seconds, From: 0, To: 3600}, 0, 0, "0 s 10:00 min 20:00 min 30:00 min 40:00 min 50:00 min 60:00 min"},
		{Axis{Unit: PerSecond}, 0, 1608, "0/s 500/s 1,000/s 1,500/s 2,000/s"},
		{Axis{Unit: Nanoseconds, Scale: Log}, 250e3, 3e9, "1 ms 10 ms 100 ms 1 s"},
		{Axis{Unit: Nanoseconds, Scale: Log}, 2e6, 9e6, "2 ms 5 ms 10 ms"},
		{Axis{Unit: Share}, 0, 0.4, "0 % 10 % 20 % 30 % 40 %"},
		{Axis{Scale: Percentile}, 0, 0.9995, "0 % 50 % 90 % 99 % 99.9 %"},
		{Axis{Unit: Factor, Scale: Log, Loose: true}, 0.8, 1.3, "0.8× 0.9× 1× 1.1× 1.2× 1.3× 1.4×"},
	} {
		var texts []string
		for _, tick := range c.axis.over(c.min, c.max, 0, 100).ticks(6) {
			texts = append(texts, tick.text)
		}
		if got := strings.Join(texts, " "); got != c.want {
			t.Errorf("%+v of %g … %g: %q, want %q", c.axis, c.min, c.max, got, c.want)
		}
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		unit Unit
		v    float64
		want string
	}{
		{Nanoseconds, 0, "0"}, {Nanoseconds, 250e3, "250 us"}, {Nanoseconds, 999.9e3, "1 ms"}, {Nanoseconds, 1.5e9, "1.5 s"}, {Nanoseconds, -2e6, "−2 ms"},
		{Bytes, 12e6, "12 MB"}, {Seconds, 45, "45 s"}, {Seconds, 150, "2:30 min"}, {Seconds, 7260, "2:01 h"}, {PerSecond, 1200, "1,200/s"},
		{Share, 0.4, "40 %"}, {Factor, 1.25, "1.25×"}, {Number, 1234567, "1,234,567"}, {Number, 0.002, "0.002"},
	} {
		if got := c.unit.Text(c.v); got != c.want {
			t.Errorf("%g %s is %q, want %q", c.v, c.unit, got, c.want)
		}
	}
}

// A name crosses no line of another mark and no other name, and is left out where there is no room.
func TestNamesOfMarksCrossNothing(t *testing.T) {
	f := frame{left: 0, right: 400, x: Axis{From: 0, To: 400}.over(0, 0, 0, 400)}
	marks := []Mark{{Name: "stall", From: 10}, {Name: "recovered", From: 200}, {Name: "pause", From: 220}, {Name: "exit", From: 390}, {Name: "abort", From: 391}, {Name: "too long a name for its place", From: 205}}
	want := []*beside{{15, "start"}, {195, "end"}, {225, "start"}, {385, "end"}, nil, nil}
	for i, got := range besides(f, marks) {
		if (got == nil) != (want[i] == nil) || got != nil && (got.anchor != want[i].anchor || math.Abs(got.x-want[i].x) > 0.01) {
			t.Errorf("%s stands at %v, want %v", marks[i].Name, got, want[i])
		}
	}
}

// Values that are close together have an axis of their own with some ticks, a logarithmic one too; what is counted has whole ones.
func TestNarrowAxes(t *testing.T) {
	near := func(a, b float64) bool { return math.Abs(a/b-1) < 1e-6 }
	for _, tc := range []struct{ low, high, from, to float64 }{{20.2e6, 20.6e6, 20.2e6, 20.6e6}, {21e6, 39e6, 20e6, 40e6}, {2.5e6, 70e6, 2e6, 100e6}, {1e6, 1e6, 5e5, 2e6}} {
		s := Axis{Unit: Nanoseconds, Scale: Log}.over(tc.low, tc.high, 200, 0)
		if ticks := s.ticks(6); !near(s.From, tc.from) || !near(s.To, tc.to) || len(ticks) < 3 {
			t.Errorf("from %g to %g: the axis goes from %g to %g with %v", tc.low, tc.high, s.From, s.To, ticks)
		}
	}
	whole := Plot{X: Axis{Unit: Number, From: 0.5, To: 8.5}, Series: []Series{{Points: []Point{{X: 1, Y: 100}, {X: 8, Y: 200}}}}}.SVG("")
	if strings.Contains(whole, ">1.5<") || !strings.Contains(whole, ">7<") {
		t.Errorf("8 runs are counted so: %s", whole)
	}
}
