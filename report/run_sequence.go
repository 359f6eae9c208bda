package report

import (
	"fmt"
	"strconv"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Sequence says how much of a sequence of requests was sent: a part of it, or how often all of it.
func Sequence(sent, lines uint64) string {
	switch {
	case lines == 0:
		return ""
	case sent < lines:
		return fmt.Sprintf("%s of %s sent", Count(sent), plural(lines, "line"))
	case sent == lines:
		return fmt.Sprintf("%s sent once", plural(lines, "line"))
	}
	return fmt.Sprintf("%s sent %s times", plural(lines, "line"), strconv.FormatFloat(float64(10*sent/lines)/10, 'f', -1, 64))
}

// sequences says it of runs that stand side by side, each under its label where there are several.
func sequences(subjects []subject) (list []string) {
	for _, s := range subjects {
		text := sequenceOf(s.Run)
		if text != "" && len(subjects) > 1 {
			text = s.label + ": " + text
		}
		if text != "" {
			list = append(list, text)
		}
	}
	return list
}

func sequenceOf(r *runfile.Run) string {
	return Sequence(r.Requests.Sent, uint64(max(r.Plan.Lines, 0)))
}
