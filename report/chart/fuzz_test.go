package chart

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/racetest"
)

// values reads floats from fuzzed bytes: every bit pattern, so NaN, infinities and the smallest numbers too.
type values struct{ b []byte }

func (v *values) next() float64 {
	if len(v.b) < 8 {
		return 0
	}
	bits := binary.LittleEndian.Uint64(v.b)
	v.b = v.b[8:]
	return math.Float64frombits(bits)
}

func (v *values) axis(scale int) Axis {
	return Axis{Label: "y", Unit: []Unit{Number, Nanoseconds, Seconds, PerSecond, Bytes, Share, Factor}[abs(scale)%7], Scale: Scale(abs(scale) % 3),
		From: v.next(), To: v.next(), Loose: scale%2 == 0}
}

func abs(i int) int { return max(i, -(i + 1)) }

func hostile(data []byte, text string, choice int) []drawing {
	v := &values{data}
	var points []Point
	for range min(len(data)/8+1, 50) {
		points = append(points, Point{X: v.next(), Y: v.next(), Open: len(points)%2 == 0, Low: v.next(), High: v.next()})
	}
	var all []Series
	for style := Line; style <= Band; style++ {
		all = append(all, Series{Name: text, Key: text, Group: text, Color: choice, Dash: choice, Shape: choice, Style: style, Points: points})
	}
	v = &values{data}
	plot := Plot{Width: v.next(), Height: v.next(), X: v.axis(choice), Y: v.axis(choice / 3), Series: append(all, Stacked(all)...), Live: true,
		Spans: []Span{{text, v.next(), v.next()}}, Limits: []Limit{{text, v.next()}}, VLimits: []Limit{{text, v.next()}}, Marks: []Mark{{Name: text, Text: text, From: v.next(), To: v.next()}}}
	auto := plot
	auto.X.From, auto.X.To, auto.Y.From, auto.Y.To = 0, 0, 0, 0
	v = &values{data}
	heat := Heat{Label: text, Unit: Nanoseconds, Color: choice, Start: v.next(), Every: v.next(), To: v.next(), LostName: text, Spans: plot.Spans, Marks: plot.Marks}
	for _, p := range points {
		heat.Columns = append(heat.Columns, Column{Bins: []Bin{{p.X, p.Y}, {p.Low, p.High}}, Lost: p.High})
	}
	rows := Forest{X: v.axis(choice), None: v.next()}
	bars, parts := Bars{}, Parts{Unit: Bytes, Shares: choice%2 == 0}
	for i, p := range points {
		rows.Rows = append(rows.Rows, Interval{Group: text, Name: text, Low: p.Low, Value: p.X, High: p.High, Margin: p.Y, Status: Status(i % 4), Text: text})
		bars.Rows = append(bars.Rows, Bar{Group: text, Name: text, Value: p.X, Limit: p.Y, Open: p.Open, Status: Status(i % 4), Text: text})
		parts.Rows = append(parts.Rows, Whole{Group: text, Name: text, Text: text, Parts: []Part{{text, p.X, text}, {"b", p.Y, text}}})
	}
	return []drawing{plot, auto, heat, rows, bars, parts}
}

func FuzzDraw(f *testing.F) {
	racetest.Skip(f)
	for n, x := range []float64{0, 1, -1, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1e18, 1e-300} {
		var b []byte
		for i := range 40 {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
			if i%3 == 0 {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(float64(i)))
			}
		}
		for choice := range 12 {
			if testing.Short() && (choice+n)%4 != 0 {
				continue // each chart is drawn of some of the numbers
			}
			f.Add(b, `</svg><script>alert("x")</script>&'`+"\x00\xff\u202e", choice)
		}
	}
	f.Add([]byte{}, strings.Repeat("界", 300), -1)
	f.Fuzz(func(t *testing.T, data []byte, text string, choice int) {
		for _, chart := range hostile(data, text, choice) {
			if err := valid(chart.SVG(text)); err != nil {
				t.Fatalf("%T: %v", chart, err)
			}
		}
	})
}
