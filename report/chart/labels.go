package chart

import "slices"

// lineHeight is the distance of two lines of text, in px.
const lineHeight = 13.0

// label is a name beside its line's end.
type label struct {
	text  string
	y     float64 // height of the line's end; after apart, of the label
	look  []attr  // of the piece of line before it; nil where marks stand for the series
	color string  // of such a mark
	shape int
	attrs []attr // attributes for a script to find it by
}

// apart moves labels so that no two overlap and all stand between top and bottom; the last ones go where not all have room.
func apart(labels []label, top, bottom float64) []label {
	room := max(int((bottom-top)/lineHeight), 1)
	if len(labels) > room {
		labels = labels[:room]
	}
	slices.SortStableFunc(labels, func(a, b label) int {
		switch {
		case a.y < b.y:
			return -1
		case a.y > b.y:
			return 1
		}
		return 0
	})
	next := top
	for i := range labels {
		labels[i].y = max(labels[i].y, next)
		next = labels[i].y + lineHeight
	}
	next = bottom
	for i := len(labels) - 1; i >= 0; i-- {
		labels[i].y = min(labels[i].y, next)
		next = labels[i].y - lineHeight
	}
	return labels
}
