package chart

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden drawings anew")

// drawing is what all charts have in common.
type drawing interface {
	SVG(labelledBy string) string
}

// examples are small charts of each kind.
func examples() map[string]drawing {
	nan := math.NaN()
	line := func(values ...float64) (points []Point) {
		for i, v := range values {
			points = append(points, Point{X: float64(i), Y: v})
		}
		return points
	}
	late := line(2e6, 3e6, 9e6, nan, 4e6)
	late[2].Open = true
	spans := []Span{{"baseline", 0, 2}, {"spike", 2, 4}}
	return map[string]drawing{
		"time": Plot{
			X: Axis{Unit: Seconds}, Y: Axis{Label: "response time", Unit: Nanoseconds, Scale: Log}, Live: true,
			Series: []Series{{Name: "cached P99", Key: "t1:3", Group: "P99", Points: late}, {Name: "cached P50", Group: "P50", Dash: 2, Thin: true, Points: line(1e6, 1e6, 2e6, 1e6, 1e6)}},
			Spans:  spans, Limits: []Limit{{"p99<5ms", 5e6}}, Marks: []Mark{{Name: "stall", Text: "stall for 500 ms", From: 1, To: 1.5}, {Name: "recovered", From: 3, To: 3, Good: true}},
		},
		"heat": Heat{
			Label: "response time", Unit: Nanoseconds, Every: 1, Spans: spans, LostName: "no end",
			Columns: []Column{{Bins: []Bin{{1e6, 90}, {2e6, 10}}}, {Bins: []Bin{{1e6, 95}, {5e6, 4}}, Lost: 1}, {}, {Bins: []Bin{{1e6, 1}}}},
		},
		"percentiles": Plot{
			X: Axis{Scale: Percentile}, Y: Axis{Label: "response time", Unit: Nanoseconds},
			Series: []Series{{Name: "cached", Points: []Point{{X: 0, Y: 1e6}, {X: 0.5, Y: 2e6}, {X: 0.99, Y: 8e6}, {X: 0.999, Y: 9e6, Open: true}}}},
		},
		"forest": Forest{X: Axis{Unit: Factor, Scale: Log}, None: 1, Rows: []Interval{
			{Group: "response time", Name: "P50", Low: 0.98, Value: 1, High: 1.02, Margin: 1.05, Status: Passed, Text: "-2 % … +2 %"},
			{Group: "response time", Name: "P99", Low: 1.1, Value: 1.2, High: math.Inf(1), Margin: 1.1, Status: Failed, Text: "+10 % and more"},
			{Group: "errors", Name: "share", Low: 0.9, Value: 1, High: 1.2, Margin: nan, Status: Undecided},
		}},
		"bars": Bars{Rows: []Bar{
			{Name: "p99<200ms", Value: 120, Limit: 200, Status: Passed, Text: "120 ms"},
			{Name: "errors<1%", Value: 0.09, Limit: 0.01, Status: Failed, Text: "9 %"},
			{Name: "p50<1ms", Value: nan, Limit: 1, Status: Undecided, Text: "not measured"},
		}},
		"stack": Plot{X: Axis{Unit: Seconds}, Y: Axis{Label: "failures"}, Series: Stacked([]Series{{Name: "timeout", Points: line(1, 2, 0)}, {Name: "status 503", Color: 1, Points: line(0, 1, 3)}})},
		"parts": Parts{Unit: Nanoseconds, Shares: true, Rows: []Whole{{Name: "cached", Parts: []Part{{"wait", 1e6, "1 ms"}, {"service", 3e6, "3 ms"}}, Text: "4 ms"}, {Name: "uncached", Parts: []Part{{"service", 9e6, "9 ms"}}}}},
		"rate": Plot{
			X: Axis{Label: "offered", Unit: PerSecond}, Y: Axis{Label: "P99", Unit: Nanoseconds, Scale: Log}, VLimits: []Limit{{"edge", 1500}, {"saturated at 1,900/s", 1900}, {"knee", 1400}}, Limits: []Limit{{"objective", 5e7}},
			Series: []Series{
				{Name: "fit", Style: Band, Dash: 2, Points: []Point{{X: 100, Y: nan, Low: 1e6, High: 2e6}, {X: 2000, Y: nan, Low: 4e7, High: 9e7}}},
				{Name: "steps", Style: Dots, Points: []Point{{X: 100, Y: 1.5e6, Low: 1e6, High: 2e6}, {X: 2000, Y: 5e7, Open: true}}},
			},
		},
	}
}

func TestGolden(t *testing.T) {
	for name, chart := range examples() {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name+".svg")
			got := strings.ReplaceAll(chart.SVG("title-1"), "><", ">\n<") + "\n"
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs (go test ./report/chart -update writes it anew); got\n%s", path, got)
			}
		})
	}
}

func TestExamplesAreValid(t *testing.T) {
	for name, chart := range examples() {
		t.Run(name, func(t *testing.T) {
			if err := valid(chart.SVG("title-1")); err != nil {
				t.Error(err)
			}
		})
	}
}

// allowed are the attributes of a drawing: presentation attributes, and what a script reads.
var allowed = regexp.MustCompile(`^(xmlns|width|height|viewBox|role|aria-labelledby|class|x|y|x1|x2|y1|y2|d|fill|fill-opacity|stroke|stroke-(width|opacity|dasharray|linejoin)|text-anchor|transform|` +
	`font-(family|size|weight)|shape-rendering|preserveAspectRatio|display|data-[a-z]+)$`)

var elements = regexp.MustCompile(`^(svg|g|line|rect|path|text|title)$`)

// valid says what is wrong with a drawing: each element and attribute has to be one that draws, each coordinate within the
// drawing, each text large enough.
func valid(svg string) error {
	d := xml.NewDecoder(strings.NewReader(svg))
	var boxes [][2]float64 // the width and height of the svg elements around
	depth := []string{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if len(depth) > 0 {
				return errors.New("not closed")
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("not well-formed: %w", err)
		}
		switch e := token.(type) {
		case xml.EndElement:
			if e.Name.Local == "svg" {
				boxes = boxes[:len(boxes)-1]
			}
			depth = depth[:len(depth)-1]
		case xml.StartElement:
			depth = append(depth, e.Name.Local)
			if !elements.MatchString(e.Name.Local) {
				return fmt.Errorf("element %q", e.Name.Local)
			}
			if e.Name.Local == "svg" {
				box := strings.Fields(attrOf(e, "viewBox"))
				w, _ := strconv.ParseFloat(box[2], 64)
				h, _ := strconv.ParseFloat(box[3], 64)
				if !(w > 0 && w <= 4000) || !(h > 0 && h <= 6000) {
					return fmt.Errorf("viewBox %q", box)
				}
				boxes = append(boxes, [2]float64{w, h})
				continue
			}
			if err := within2(e, boxes[len(boxes)-1]); err != nil {
				return fmt.Errorf("<%s>: %w", e.Name.Local, err)
			}
		}
	}
}

func attrOf(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// within2 holds an element's attributes against the box they are drawn in.
func within2(e xml.StartElement, box [2]float64) error {
	for _, a := range e.Attr {
		name := a.Name.Local
		if !allowed.MatchString(name) {
			return fmt.Errorf("attribute %q", name)
		}
		limit := box[0]
		switch name {
		case "y", "y1", "y2", "height":
			limit = box[1]
		case "x", "x1", "x2", "width":
		case "font-size":
			if v, err := strconv.ParseFloat(a.Value, 64); err != nil || v < 10 {
				return fmt.Errorf("text of %s px", a.Value)
			}
			continue
		case "d":
			if err := pathWithin(a.Value, box); err != nil {
				return err
			}
			continue
		default:
			continue
		}
		if v, err := strconv.ParseFloat(a.Value, 64); err != nil || !(v >= 0 && v <= limit) {
			return fmt.Errorf("%s=%q outside 0 … %g", name, a.Value, limit)
		}
	}
	return nil
}

var pathParts = regexp.MustCompile(`([MLHVAZmh])([^MLHVAZmh]*)`)

// pathWithin follows a path's pen.
func pathWithin(d string, box [2]float64) error {
	if rest := pathParts.ReplaceAllString(d, ""); rest != "" {
		return fmt.Errorf("d=%q: %q left over", d, rest)
	}
	var x, y float64
	for _, m := range pathParts.FindAllStringSubmatch(d, -1) {
		var n []float64
		for _, f := range strings.Fields(m[2]) {
			v, err := strconv.ParseFloat(f, 64)
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("d=%q: %q", d, f)
			}
			n = append(n, v)
		}
		if want := map[string]int{"M": 2, "L": 2, "H": 1, "V": 1, "A": 7, "Z": 0, "m": 2, "h": 1}[m[1]]; len(n) != want {
			return fmt.Errorf("d=%q: %s takes %d numbers", d, m[1], want)
		}
		switch m[1] {
		case "M", "L":
			x, y = n[0], n[1]
		case "H":
			x = n[0]
		case "V":
			y = n[0]
		case "A":
			x, y = n[5], n[6]
		case "m":
			x, y = x+n[0], y+n[1]
		case "h":
			x += n[0]
		}
		if !(x >= 0 && x <= box[0]+1 && y >= 0 && y <= box[1]) {
			return fmt.Errorf("d=%q leaves the drawing at %g, %g", d, x, y)
		}
	}
	return nil
}
