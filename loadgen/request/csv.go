package request

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/targetsfile"
	"github.com/seed-5a006608/bench/profiles"
)

// The bounds of a file of values.
const (
	maxCSVBytes = 64 << 20
	maxCSVRows  = 10_000_000
)

// csvKey is a column of a CSV file: request k has the value of row k, from the top again after the last. The values are
// never written anywhere but in requests.
type csvKey struct{ rows []string }

func (c csvKey) append(dst []byte, k uint64, _ time.Time) []byte {
	return append(dst, c.rows[k&numberMask%uint64(len(c.rows))]...)
}

func (c csvKey) each(change func(string) string) value { return csvKey{changed(c.rows, change)} }

// parseCSV reads {{csv FILE COLUMN}}: the column by its name in the first row, or by its number from 1, for a file
// without such a row.
func parseCSV(args []string, _ profiles.Stream) (value, error) {
	if len(args) != 2 {
		return nil, errors.New("is wrong: csv takes a file and a column, by its name in the first row or its number from 1, as in {{csv users.csv id}}")
	}
	f, err := os.Open(args[0])
	if err != nil {
		return nil, fmt.Errorf("is wrong: its file cannot be read: %w", errors.Unwrap(err))
	}
	defer f.Close()
	c, err := readColumn(f, args[0], args[1])
	if err != nil {
		return nil, fmt.Errorf("is wrong: %w", err)
	}
	return c, nil
}

// readColumn reads a column of the file that is at a path. As it is there, an error may name it.
func readColumn(f io.Reader, path, name string) (value, error) {
	limited := &io.LimitedReader{R: f, N: maxCSVBytes + 1}
	text := bufio.NewReader(limited)
	start, _ := text.Peek(len(byteOrderMark))
	if encoding := targetsfile.Encoding(start); encoding != "" {
		return nil, fmt.Errorf("%s: is %s: save it as UTF-8", path, encoding)
	}
	if string(start) == byteOrderMark {
		_, _ = text.Discard(len(start)) // skip the peeked bytes
	}
	r := csv.NewReader(text)
	r.ReuseRecord = true
	r.FieldsPerRecord = -1 // only the column that is asked for has to be there
	number, err := strconv.Atoi(name)
	column := number - 1
	if err != nil {
		first, err := r.Read()
		if err != nil {
			return nil, fmt.Errorf("%s: has no first row: %w", path, err)
		}
		if column = slices.Index(first, name); column < 0 {
			if by := separator(first); by != "" {
				return nil, fmt.Errorf("%s: its columns are separated by %s: save it with commas", path, by)
			}
			return nil, fmt.Errorf("%s: has no column of that name, there are %s", path, strings.Join(first[:min(len(first), 20)], ", "))
		}
	}
	var c csvKey
	for {
		row, err := r.Read()
		switch {
		case limited.N <= 0:
			return nil, fmt.Errorf("%s: is larger than %d MiB", path, maxCSVBytes>>20)
		case err == io.EOF && len(c.rows) == 0:
			return nil, fmt.Errorf("%s: has no row with values", path)
		case err == io.EOF:
			return c, nil
		case err != nil:
			return nil, fmt.Errorf("%s: %w", path, err)
		case column < 0 || column >= len(row):
			line, _ := r.FieldPos(0)
			if by := separator(row); by != "" {
				return nil, fmt.Errorf("%s:%d: its columns are separated by %s: save it with commas", path, line, by)
			}
			return nil, fmt.Errorf("%s:%d: has %d columns, and another is asked for", path, line, len(row))
		case len(c.rows) == maxCSVRows:
			return nil, fmt.Errorf("%s: has more than %d rows", path, maxCSVRows)
		}
		c.rows = append(c.rows, strings.Clone(row[column]))
	}
}

const byteOrderMark = "\xef\xbb\xbf"

// separator names what separates columns in a row that holds no comma; "" where nothing seems to.
func separator(row []string) string {
	if len(row) != 1 {
		return ""
	}
	switch {
	case strings.Contains(row[0], ";"):
		return "semicolons"
	case strings.Contains(row[0], "\t"):
		return "tabs"
	}
	return ""
}
