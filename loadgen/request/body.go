package request

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Body is the kept beginning of an answer's body, unpacked where it came packed.
type Body struct {
	Seen   []byte
	Unread string // why it cannot be read, one of the texts below; "": it can
}

// Reasons why a body cannot be read, behind "expect: " or "take: " in the kind of failure.
const (
	notAskedFor = "body encoding not asked for"
	notKnown    = "body encoding unknown"
	notUnpacked = "body cannot be unpacked"
)

// The content codings that are read (RFC 9110, section 8.4.1; RFC 8878).
const (
	codingGzip     = "gzip"
	codingZstd     = "zstd"
	codingIdentity = "identity"
)

const acceptEncoding = "Accept-Encoding"

// CheckEncoding refuses a value of Accept-Encoding with codings other than gzip, zstd and identity; "" asks for no coding.
func CheckEncoding(value string) error {
	for _, c := range codings(value) {
		if !slices.Contains([]string{codingGzip, codingZstd, codingIdentity}, c) {
			return fmt.Errorf("accept-encoding %s: bench reads gzip, zstd and identity; -H 'Accept-Encoding: …' asks for others, whose bodies are counted alone", runfile.Excerpt(c))
		}
	}
	return nil
}

// codings are the names in a value of Accept-Encoding or Content-Encoding, in small letters and without weights.
func codings(value string) (list []string) {
	for c := range strings.SplitSeq(value, ",") {
		c, _, _ = strings.Cut(c, ";")
		if c = strings.ToLower(strings.TrimSpace(c)); c != "" {
			list = append(list, strings.TrimPrefix(c, "x-")) // as in x-gzip
		}
	}
	return list
}

// asksFor reports whether the header asks for a coding. A drawn value may ask for any.
func (c *compiledHeader) asksFor(coding string) bool {
	isIt := func(name string) bool { return http.CanonicalHeaderKey(name) == acceptEncoding }
	for name, values := range c.Fixed {
		if isIt(name) && slices.ContainsFunc(values, func(v string) bool { return slices.Contains(codings(v), coding) }) {
			return true
		}
	}
	return slices.ContainsFunc(c.Drawn, func(d drawnHeader) bool { return isIt(d.name) })
}

// zstdBlock is the longest block of zstd, in bytes, which is unpacked whole (RFC 8878, section 3.1.1.2.4).
const zstdBlock = 128 << 10

// PackedKeep returns how much of a body is kept as it comes where so many bytes have to be seen: packing adds little to what does not
// get smaller by it, and zstd's last block has to be whole.
func (c *CompiledRequest) PackedKeep(bytes int) int {
	switch {
	case bytes == 0:
		return 0
	case c.Header.asksFor(codingZstd):
		return bytes + bytes/128 + zstdBlock + 1024
	case c.Header.asksFor(codingGzip):
		return bytes + bytes/128 + 1024
	}
	return bytes
}

// Read reads the body of an answer to the request, of which this came, as far as most bytes; most is what Keep said of it.
func (c *CompiledRequest) Read(x *exchange.Exchange, came []byte, most int) Body {
	if most == 0 || len(came) == 0 {
		return Body{Seen: came}
	}
	list := codings(x.Header.Get("Content-Encoding"))
	list = slices.DeleteFunc(list, func(c string) bool { return c == codingIdentity })
	switch {
	case len(list) == 0:
		return Body{Seen: came[:min(len(came), most)]}
	case len(list) > 1 || list[0] != codingGzip && list[0] != codingZstd:
		return Body{Unread: notKnown}
	case !c.Header.asksFor(list[0]):
		return Body{Unread: notAskedFor}
	}
	unpack := ungzip
	if list[0] == codingZstd {
		unpack = unzstd
	}
	seen, err := unpack(came, most)
	// What was kept of a long body ends within what is packed.
	if err != nil && !(errors.Is(err, io.ErrUnexpectedEOF) && len(came) >= c.PackedKeep(most)) {
		return Body{Unread: notUnpacked}
	}
	return Body{Seen: seen}
}

var ungzippers = sync.Pool{New: func() any { return new(gzip.Reader) }}

func ungzip(packed []byte, most int) ([]byte, error) {
	r := ungzippers.Get().(*gzip.Reader)
	defer ungzippers.Put(r)
	if err := r.Reset(bytes.NewReader(packed)); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, int64(most)))
}

// zstdWindow is the longest window that a body over HTTP may need, in bytes (RFC 9659).
const zstdWindow = 8 << 20

var unzstds = sync.Pool{New: func() any {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
	if err != nil {
		panic(err) // the options are constants
	}
	return d
}}

func unzstd(packed []byte, most int) ([]byte, error) {
	d := unzstds.Get().(*zstd.Decoder)
	defer unzstds.Put(d)
	if err := d.Reset(bytes.NewReader(packed)); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(d, int64(most)))
}
