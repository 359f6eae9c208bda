package live

import (
	"math"
	"strings"
)

var bars = []rune("▁▂▃▄▅▆▇█")

// scale says how high values stand: from 0 to 1 between low and high.
type scale struct {
	low, high   float64
	logarithmic bool
}

// logarithm is a scale over values above 0, of at least a decade, so that noise does not look like a mountain.
func logarithm(values ...[]float64) scale {
	s := scale{low: math.Inf(1), logarithmic: true}
	for _, list := range values {
		for _, v := range list {
			if v > 0 {
				s.low, s.high = min(s.low, v), max(s.high, v)
			}
		}
	}
	s.high = max(s.high, 10*s.low)
	return s
}

// linear is a scale from 0.
func linear(values ...[]float64) scale {
	s := scale{}
	for _, list := range values {
		for _, v := range list {
			s.high = max(s.high, v)
		}
	}
	return s
}

// draw draws the last values that fit into width columns, a space for each that is not above 0.
func (s scale) draw(values []float64, width int) string {
	var b strings.Builder
	for _, v := range values[max(len(values)-max(width, 0), 0):] {
		if !(v > 0) {
			b.WriteByte(' ')
			continue
		}
		height := v / s.high
		if s.logarithmic {
			height = math.Log(v/s.low) / math.Log(s.high/s.low)
		}
		if math.IsNaN(height) {
			height = 0
		}
		b.WriteRune(bars[int(min(max(height, 0), 1)*float64(len(bars)-1)+0.5)])
	}
	return b.String()
}

// barCells is the length of the bar of the phases; each cell holds eight steps.
const barCells = 24

// bar draws a share from 0 to 1 in eighths of a cell; NaN draws an empty bar.
func bar(share float64) string {
	steps := 0
	if share > 0 {
		steps = int(min(share, 1) * barCells * 8)
	}
	full, eighths := steps/8, steps%8
	text := strings.Repeat("█", full)
	if eighths > 0 {
		text += string([]rune(" ▏▎▍▌▋▊▉")[eighths])
	}
	return pad(text, barCells)
}
