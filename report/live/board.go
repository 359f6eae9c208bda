package live

import (
	"strings"
	"time"

	"github.com/seed-5a006608/bench/report/page"
)

// Board is what a command that judges has found so far. It stands above the run that goes on, where one is shown.
type Board struct {
	Title       string
	Doing       string    // the present activity, in words
	Began, Ends time.Time // of the command; a zero Ends is not known
	Rows        []Row
}

// Row is a line of a board.
type Row struct {
	Label, Text string
	Sparks      []Spark
}

// Spark is lists of values, drawn beside each other on one scale.
type Spark struct {
	Label       string
	Lists       [][]float64
	Logarithmic bool
}

// maxSpark bounds the values of a list that are drawn: the last ones.
const maxSpark = 24

// lines are those of the board at an instant, for a terminal of width columns and height rows: the last rows go where it is low.
func (b *Board) lines(now time.Time, width, height int) []line {
	head := "  " + b.Doing + " · " + clock(now.Sub(b.Began))
	if b.Ends.After(b.Began) {
		total := b.Ends.Sub(b.Began)
		head += " of " + clock(total) + " s  ▕" + bar(float64(now.Sub(b.Began))/float64(total)) + "▏"
	} else {
		head += " s"
	}
	lines := []line{{spans: []span{{b.Title, strong}, {head, usual}}}}
	labels, texts := 0, 0
	for _, r := range b.Rows {
		labels, texts = max(labels, page.Columns(r.Label)+2), max(texts, page.Columns(r.Text)+2)
	}
	for _, r := range b.Rows[:min(len(b.Rows), max(height-2, 0))] {
		text := pad(r.Label, max(labels, labelColumns)) + pad(r.Text, texts)
		for _, s := range r.Sparks {
			text += s.draw() + "  "
		}
		lines = append(lines, line{spans: []span{{text, usual}}})
	}
	for i := range lines {
		lines[i].fit(width - 1)
	}
	return lines
}

func (s Spark) draw() string {
	of := linear(s.Lists...)
	if s.Logarithmic {
		of = logarithm(s.Lists...)
	}
	parts := make([]string, 0, len(s.Lists)+1)
	if s.Label != "" {
		parts = append(parts, s.Label)
	}
	for _, list := range s.Lists {
		parts = append(parts, of.draw(list, maxSpark))
	}
	return strings.Join(parts, " ")
}
