package wire

import (
	"bytes"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

var statusPrefix = []byte("HTTP/")

// headerPiece bounds what is copied of a header that came in pieces before its end is looked for, so that little of a
// body is copied with it.
const headerPiece = 2 << 10

// framing is what a status line and a header say of where the answer ends.
type framing struct {
	status    int
	before11  bool // HTTP/1.0
	hasLength bool
	length    int64
	digits    int // of the length, leading zeros included
	codings   int // Transfer-Encoding lines
	chunked   bool
	close     bool
	keepAlive bool
}

// takeHeader scans status line and header, of which p holds the next bytes.
func (a *Answer) takeHeader(p []byte) (n int, err error) {
	room := maxHeaderBytes - a.HeaderBytes
	if room == 0 {
		return 0, errLongHeader
	}
	p = p[:min(int64(len(p)), room)]
	head, before := p, len(a.buffer)
	if before > 0 {
		p = p[:min(len(p), headerPiece)]
		a.buffer = append(a.buffer, p...)
		head = a.buffer
	}
	end, err := a.scanHeader(head)
	if err != nil {
		return len(p), err
	}
	if end == 0 {
		a.HeaderBytes += int64(len(p))
		if before == 0 {
			a.buffer = append(a.buffer, p...)
		}
		return len(p), nil
	}
	n = end - before
	a.HeaderBytes += int64(n)
	a.borrowed = before == 0
	return n, a.frame()
}

// scanHeader takes the lines of head that were not taken yet. It returns where the header ends, 0 if it does not yet.
func (a *Answer) scanHeader(head []byte) (end int, err error) {
	for {
		if a.line > 0 && a.scanned == a.line {
			if err := a.takeFields(head); err != nil {
				return 0, err
			}
		}
		i := bytes.IndexByte(head[a.scanned:], '\n')
		if i < 0 {
			a.scanned = len(head)
			return 0, nil
		}
		next := a.scanned + i + 1
		line := head[a.line : next-1]
		if len(line) > 0 && line[len(line)-1] == '\r' {
			line = line[:len(line)-1]
		}
		switch {
		case a.line == 0:
			err = a.framing.takeStatusLine(line)
			a.Status = a.framing.final()
			a.fields = next
		case len(line) == 0:
			a.header = head[a.fields:a.line]
			return next, nil
		case line[0] == ' ' || line[0] == '\t': // of any other line it would be a fold of the one before
			err = errFoldedFirst
		case next == len(head) || head[next] == ' ' || head[next] == '\t':
			// Whether the line goes on in the next one is not known yet, or known.
			if bytes.IndexByte(line, ':') < 0 {
				return 0, errNoColon
			}
			if next == len(head) {
				a.scanned = next - 1
				return 0, nil
			}
			unfold(head[:next], a.line+len(line))
			a.scanned = next
			continue
		default:
			err = a.framing.takeLine(line)
		}
		if err != nil {
			return 0, err
		}
		a.line, a.scanned = next, next
	}
}

// takeFields takes header lines in one pass, as long as they are there whole and as usual: a name, a value, CR LF, and a
// further line that is no fold. What it leaves is taken line by line.
func (a *Answer) takeFields(head []byte) error {
	line := a.line
	for line < len(head) && head[line] != ' ' {
		colon := line
		for colon < len(head) && nameBytes[head[colon]] {
			colon++
		}
		if colon == len(head) || colon == line || head[colon] != ':' {
			break
		}
		end := colon + 1 + cleanLen(head[colon+1:])
		if end+2 >= len(head) || head[end] != '\r' || head[end+1] != '\n' || head[end+2] == ' ' || head[end+2] == '\t' {
			break
		}
		if err := a.framing.takeField(head[line:colon], head[colon+1:end]); err != nil {
			return err
		}
		line = end + 2
	}
	a.line, a.scanned = line, line
	return nil
}

// unfold overwrites the line break at the end of head, which begins at from, so that the next line continues this one.
func unfold(head []byte, from int) {
	for i := from; i < len(head); i++ {
		head[i] = ' '
	}
}

// final returns the status, 0 if it is that of an interim answer.
func (f *framing) final() int {
	if f.status < 200 {
		return 0
	}
	return f.status
}

// takeStatusLine reads a status line such as "HTTP/1.1 200 OK"; the reason may be missing.
func (f *framing) takeStatusLine(line []byte) error {
	if len(line) < 9 || string(line[:5]) != "HTTP/" || !isDigit(line[5]) || line[6] != '.' || !isDigit(line[7]) ||
		line[8] != ' ' || line[5] == '0' {
		return errStatusLine
	}
	f.before11 = line[5] == '1' && line[7] == '0'
	code := line[9:]
	for len(code) > 0 && code[0] == ' ' {
		code = code[1:]
	}
	if len(code) < 3 || len(code) > 3 && code[3] != ' ' ||
		code[0] == '0' || !isDigit(code[0]) || !isDigit(code[1]) || !isDigit(code[2]) {
		return errStatusCode
	}
	f.status = int(code[0]-'0')*100 + int(code[1]-'0')*10 + int(code[2]-'0')
	return nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// takeLine checks a header line and takes it.
func (f *framing) takeLine(line []byte) error {
	name, value, found := bytes.Cut(line, []byte{':'})
	if !found {
		return errNoColon
	}
	for _, c := range name {
		if !nameBytes[c] {
			return errFieldName
		}
	}
	if len(name) == 0 {
		return errFieldName
	}
	if cleanLen(value) < len(value) {
		return errFieldValue
	}
	return f.takeField(name, value)
}

// takeField reads a header line if it says where the answer ends, or what follows it.
func (f *framing) takeField(name, value []byte) error {
	switch len(name) { // names are mostly written as here, which one comparison tells
	case len("Connection"):
		if string(name) == "Connection" || equalFold(name, "connection") {
			f.takeConnection(exchange.Trim(value))
		}
	case len("Content-Length"):
		if string(name) == "Content-Length" || equalFold(name, "content-length") {
			return f.takeLength(exchange.Trim(value))
		}
	case len("Transfer-Encoding"):
		if string(name) == "Transfer-Encoding" || equalFold(name, "transfer-encoding") {
			f.codings++
			f.chunked = equalFold(exchange.Trim(value), "chunked")
		}
	}
	return nil
}

func (f *framing) takeConnection(list []byte) {
	if string(list) == "keep-alive" {
		f.keepAlive = true
		return
	}
	f.close = f.close || hasToken(list, "close")
	f.keepAlive = f.keepAlive || hasToken(list, "keep-alive")
}

// takeLength reads a Content-Length. Of several that are written alike one counts.
func (f *framing) takeLength(value []byte) error {
	const most = 1<<63 - 1
	var length int64
	for _, c := range value {
		if !isDigit(c) || length >= most/10 && (length > most/10 || c > '0'+most%10) {
			return errLength
		}
		length = 10*length + int64(c-'0')
	}
	if len(value) == 0 {
		return errLength
	}
	if f.hasLength && (length != f.length || len(value) != f.digits) {
		return errLengths
	}
	f.hasLength, f.length, f.digits = true, length, len(value)
	return nil
}

// frame says what follows the header (RFC 9112, section 6.3).
func (a *Answer) frame() error {
	f := &a.framing
	if f.before11 {
		f.codings = 0 // that version knows none
	}
	if f.codings > 1 || f.codings == 1 && !f.chunked {
		return errCoding
	}
	if f.status == 101 {
		return errSwitched
	}
	if f.status < 200 {
		a.framing, a.line, a.scanned = framing{}, 0, 0
		a.header, a.borrowed, a.buffer = nil, false, a.buffer[:0]
		return nil
	}
	a.KeepAlive = !f.close && (f.keepAlive || !f.before11)
	switch {
	case a.head, f.status == 204, f.status == 304:
		a.state = atEnd
	case f.chunked && f.codings > 0:
		a.state = inChunkSize
	case f.hasLength && f.length == 0:
		a.state = atEnd
	case f.hasLength:
		a.state, a.left = inBody, f.length
	default:
		a.state, a.KeepAlive = inBodyToClose, false
	}
	return nil
}
