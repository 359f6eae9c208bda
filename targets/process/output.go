package process

import (
	"bufio"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	maxLine   = 4096 // bytes; what a line has beyond that is dropped
	tailLines = 64   // number of the last lines that are kept
	quoted    = 3    // number of them in an error message
)

// output reads one of the child's output streams to its end, so that the child never blocks on a full pipe, and keeps
// the end of it.
type output struct {
	first chan string   // the first line, once
	ended chan struct{} // closed when all is read

	r    *os.File
	mu   sync.Mutex
	tell func(string) // is told each line; nil when nobody listens
	tail []string

	ready bool
	words words // since the child was ready
}

func readOutput(r *os.File, tell func(string)) *output {
	o := &output{first: make(chan string, 1), ended: make(chan struct{}), r: r, tell: tell}
	go func() {
		defer close(o.ended)
		eachLine(r, o.add)
	}()
	return o
}

func (o *output) add(line string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.first <- line:
	default:
	}
	if len(o.tail) == tailLines {
		o.tail = append(o.tail[:0], o.tail[1:]...)
	}
	o.tail = append(o.tail, line)
	if o.ready {
		o.words.add(line)
	}
	if o.tell != nil {
		o.tell(line)
	}
}

// mute ends the telling, because the child is ready; when it returns, tell is not running and will not be called again.
func (o *output) mute() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tell, o.ready = nil, true
}

// listen tells every further line; spoke reports whether there was one.
func (o *output) listen(tell func(string)) (spoke func() bool) {
	var said atomic.Bool
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ready = false
	o.tell = func(line string) {
		said.Store(true)
		if tell != nil {
			tell(line)
		}
	}
	return said.Load
}

// finish waits, within bounds, until everything a dead child wrote is read, and closes the stream.
func (o *output) finish() {
	o.r.SetReadDeadline(time.Now().Add(outputGrace))
	<-o.ended
	o.r.Close()
}

// quote returns ": " and what the child said at its end, or nothing. Where it panicked, the panic's first line says
// more than the stack's last.
func (o *output) quote() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var lines []string
	for _, line := range o.tail {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			return ": " + line
		}
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return ": " + strings.Join(lines[max(0, len(lines)-quoted):], "; ")
}

// last returns ": " and the last line that the child wrote, or nothing.
func (o *output) last() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, line := range slices.Backward(o.tail) {
		if line = strings.TrimSpace(line); line != "" {
			return ": " + line
		}
	}
	return ""
}

// eachLine calls f with each line of r until r ends.
func eachLine(r io.Reader, f func(line string)) {
	br := bufio.NewReaderSize(r, maxLine)
	rest := false // of a line that was too long
	for {
		b, err := br.ReadSlice('\n')
		if len(b) > 0 && !rest {
			f(strings.TrimRight(string(b), "\r\n"))
		}
		rest = errors.Is(err, bufio.ErrBufferFull)
		if err != nil && !rest {
			return
		}
	}
}
