package capacity

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/seed-5a006608/bench/profiles"
)

// The least and greatest number of past peaks.
const (
	fewestPeaks = 4
	maxPeaks    = 1200
)

// Peaks are past peaks of the demand, one a month, in requests per second.
type Peaks []float64

// readPeaks reads a CSV file of two columns: the month (2026-01), in order, and its peak as a rate (5000/s, or a number). A
// first line without a rate is a heading. Errors begin with name.
func readPeaks(name string, r io.Reader) (Peaks, error) {
	var list Peaks
	previous := 0
	err := eachRow(name, r, func(line int, first, second string) error {
		month, err := parseMonth(first)
		if err != nil {
			return err
		}
		rate, err := positiveRate(second)
		if err != nil {
			return err
		}
		if previous > 0 && month != previous+1 {
			return fmt.Errorf("month %s does not follow the one before: a hole would be taken for growth; fill it in, or leave out what is before it", first)
		}
		previous = month
		list = append(list, rate)
		return nil
	})
	if err != nil {
		return nil, err
	}
	switch {
	case len(list) < fewestPeaks:
		return nil, fmt.Errorf("%s: it has %d months: a trend with an interval needs %d", name, len(list), fewestPeaks)
	case len(list) > maxPeaks:
		return nil, fmt.Errorf("%s: it has %d months, more than %d: leave out the oldest", name, len(list), maxPeaks)
	}
	return list, nil
}

func parseMonth(s string) (int, error) {
	year, month, ok := strings.Cut(strings.TrimSpace(s), "-")
	month, _, _ = strings.Cut(month, "-")
	y, err := strconv.Atoi(year)
	m, err2 := strconv.Atoi(month)
	if !ok || err != nil || err2 != nil || m < 1 || m > 12 {
		return 0, fmt.Errorf("%q is no month such as 2026-01", s)
	}
	return 12*y + m - 1, nil
}

func positiveRate(s string) (float64, error) {
	if strings.TrimSpace(s) == "" {
		return 0, errors.New("there is no rate: a hole would be taken for no demand")
	}
	rate, err := profiles.ParseRate(strings.TrimSpace(s))
	if err == nil && rate == 0 {
		err = errors.New("a rate of 0/s is no demand to plan for")
	}
	return rate, err
}

// eachRow reads the rows of a CSV file of two columns.
func eachRow(name string, r io.Reader, each func(line int, first, second string) error) error {
	reader := csv.NewReader(io.LimitReader(r, 1<<20))
	reader.Comment, reader.TrimLeadingSpace, reader.FieldsPerRecord = '#', true, -1
	for rows := 0; ; rows++ {
		row, err := reader.Read()
		if err == io.EOF {
			if rows == 0 {
				return fmt.Errorf("%s: it is empty", name)
			}
			return nil
		}
		var malformed *csv.ParseError
		if errors.As(err, &malformed) {
			return fmt.Errorf("%s:%d: %w", name, malformed.Line, malformed.Err)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		line, _ := reader.FieldPos(0)
		if len(row) < 2 {
			return fmt.Errorf("%s:%d: it has %d columns, want 2: the time and the rate", name, line, len(row))
		}
		if _, err := profiles.ParseRate(strings.TrimSpace(row[1])); err != nil && rows == 0 && strings.TrimSpace(row[1]) != "" {
			continue // headings
		}
		if err := each(line, row[0], row[1]); err != nil {
			return fmt.Errorf("%s:%d: %w", name, line, err)
		}
	}
}
