package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
)

// WriteHLog writes the response times of each second's successes as an HdrHistogram interval log (version 1.3), in ns, one
// line a second; the maximum on a line is in ms. Several targets are told apart by Tag. Requests that never finished have
// no value to put into a histogram; a comment counts them.
func WriteHLog(w io.Writer, runs []*runfile.Run) error {
	subjects, err := fileSubjects(runs)
	if err != nil {
		return err
	}
	var base time.Time // the earliest start: the log knows no time before it
	var censored uint64
	for _, s := range subjects {
		if base.IsZero() || s.Started.Before(base) {
			base = s.Started
		}
		for i := range s.Intervals {
			censored += censoredOf(&s.Intervals[i].ResponseTime)
		}
	}
	// The head of a log tells its base time in whole seconds, so that is what its lines count from.
	baseMs := max(base.Unix(), 0) * 1000
	out := hdrhistogram.NewHistogramLogWriter(w)
	out.SetBaseTime(baseMs)
	if err := writeLogHead(out, baseMs, censored, subjects); err != nil {
		return err
	}
	tags := unique{}
	for _, s := range subjects {
		tag := ""
		if len(subjects) > 1 {
			tag = logTag(tags.name(logTag(s.label), "target"))
		}
		end := time.Duration(len(s.Intervals)) * time.Second
		if n := len(s.Phases); n > 0 { // the last second may end with the last phase, before it is full
			end = min(end, s.Phases[n-1].StartNS+s.Phases[n-1].DurationNS)
		}
		for i := range s.Intervals {
			second := &s.Intervals[i]
			h, err := successes(&second.ResponseTime)
			if err != nil {
				return fmt.Errorf("%s: second %s: %w", s.label, units.Span(second.StartNS), err)
			}
			length := max(0, min(time.Second, end-second.StartNS))
			if length == 0 && h.TotalCount() == 0 {
				continue // the run was draining: no request was due
			}
			start := max(s.Started.UnixMilli(), baseMs) + second.StartNS.Milliseconds()
			h.SetStartTimeMs(start)
			h.SetEndTimeMs(start + length.Milliseconds())
			h.SetTag(tag)
			if err := out.OutputIntervalHistogram(h); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeLogHead writes nothing of what others named: a name could look like a base time.
func writeLogHead(out *hdrhistogram.HistogramLogWriter, baseMs int64, censored uint64, subjects []subject) error {
	if err := out.OutputComment("[bench: response times of successes, from the intended start, in ns]"); err != nil {
		return err
	}
	for i, s := range subjects {
		if pooled := s.pooledOf(); pooled != "" {
			if err := out.OutputComment(fmt.Sprintf("[target %d: %s, so each second holds the requests of all]", i+1, pooled)); err != nil {
				return err
			}
		}
	}
	if censored > 0 {
		comment := fmt.Sprintf("[not in here: %s without an end, at least as old as when bench stopped waiting]", plural(censored, "request"))
		if err := out.OutputComment(comment); err != nil {
			return err
		}
	}
	if err := out.OutputLogFormatVersion(); err != nil {
		return err
	}
	if err := out.OutputStartTime(baseMs); err != nil {
		return err
	}
	if err := out.OutputBaseTime(baseMs); err != nil {
		return err
	}
	return out.OutputLegend()
}

// successes decodes a second's histogram; one without successes is empty, of the same geometry.
func successes(d *runfile.Dist) (*hdrhistogram.Histogram, error) {
	if d.HDR == "" {
		return hdrhistogram.New(1, int64(time.Hour), 2), nil
	}
	return hdrhistogram.Decode([]byte(d.HDR))
}

// logTag makes a tag of a name: the format has no place in it for commas and spaces.
func logTag(s string) string { return strings.NewReplacer(",", "_", " ", "_").Replace(s) }
