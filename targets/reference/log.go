package reference

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Entry is one request as the server saw it.
type Entry struct {
	Start   int64         // arrival: its header was read; Unix time in ns
	Queue   time.Duration // waiting for a worker
	Service time.Duration // the delay drawn, and a freeze that fell into it
	Total   time.Duration // from Start until the answer was handed to the kernel, by the clock
}

// json is what the client is told, which cannot know Total yet.
func (e Entry) json() []byte {
	b := append([]byte(`{"queue_ns":`), strconv.FormatInt(int64(e.Queue), 10)...)
	b = append(append(b, `,"service_ns":`...), strconv.FormatInt(int64(e.Service), 10)...)
	return append(b, "}\n"...)
}

const logHeader = "start_ns,queue_ns,service_ns,total_ns"

// log is a CSV file of entries, in the order of their ends.
type log struct {
	mu   sync.Mutex
	file *os.File
	buf  *bufio.Writer
	line []byte
}

func createLog(path string) (*log, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("create the log: %w", err)
	}
	l := &log{file: f, buf: bufio.NewWriterSize(f, 64<<10)}
	l.buf.WriteString(logHeader + "\n")
	return l, nil
}

// add appends an entry. The writer keeps the first error, which flush returns.
func (l *log) add(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := strconv.AppendInt(l.line[:0], e.Start, 10)
	for _, d := range []time.Duration{e.Queue, e.Service, e.Total} {
		b = append(b, ',')
		b = strconv.AppendInt(b, int64(d), 10)
	}
	l.line = append(b, '\n')
	l.buf.Write(l.line)
}

func (l *log) flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Flush()
}

func (l *log) close() error { return errors.Join(l.flush(), l.file.Close()) }

// ReadLog reads a log that was flushed: a line start_ns,queue_ns,service_ns,total_ns and then one for each request that
// was answered, in the order in which they were.
func ReadLog(r io.Reader) ([]Entry, error) {
	var entries []Entry
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		if n == 1 {
			if lines.Text() != logHeader {
				return nil, fmt.Errorf("line 1: not a log of the reference server: want %s", logHeader)
			}
			continue
		}
		e, err := parseEntry(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		entries = append(entries, e)
	}
	return entries, lines.Err()
}

func parseEntry(line string) (Entry, error) {
	fields := strings.Split(line, ",")
	if len(fields) != 4 {
		return Entry{}, fmt.Errorf("%d fields, want 4", len(fields))
	}
	var n [4]int64
	for i, field := range fields {
		var err error
		if n[i], err = strconv.ParseInt(field, 10, 64); err != nil {
			return Entry{}, err
		}
	}
	return Entry{n[0], time.Duration(n[1]), time.Duration(n[2]), time.Duration(n[3])}, nil
}
