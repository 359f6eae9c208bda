package request

import (
	"bytes"
	"compress/gzip"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

func gzipped(t *testing.T, text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zstded(t *testing.T, text string) string {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(w.EncodeAll([]byte(text), nil))
}

// noise is text that packing makes no smaller.
func noise(bytes int) string {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, bytes)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return string(b)
}

// A body is unpacked as far as it is looked at, where its coding was asked for and is known.
func TestBodiesAreUnpacked(t *testing.T) {
	const most = 4096
	bomb, long := strings.Repeat("x", 10<<20), noise(100*most)
	for name, tc := range map[string]struct {
		accept, coding, came string
		want                 Body
	}{
		"plain":            {"", "", "text", Body{Seen: []byte("text")}},
		"plain, too long":  {"", "", long, Body{Seen: []byte(long[:most])}},
		"identity":         {"gzip", "identity", "text", Body{Seen: []byte("text")}},
		"gzip":             {"gzip", "gzip", gzipped(t, "text"), Body{Seen: []byte("text")}},
		"x-gzip":           {"zstd, GZIP;q=0.5", "x-gzip", gzipped(t, "text"), Body{Seen: []byte("text")}},
		"zstd":             {"zstd", "zstd", zstded(t, "text"), Body{Seen: []byte("text")}},
		"gzip bomb":        {"gzip", "gzip", gzipped(t, bomb), Body{Seen: []byte(bomb[:most])}},
		"zstd bomb":        {"zstd", "zstd", zstded(t, bomb), Body{Seen: []byte(bomb[:most])}},
		"gzip of noise":    {"gzip", "gzip", gzipped(t, long), Body{Seen: []byte(long[:most])}},
		"zstd of noise":    {"zstd", "zstd", zstded(t, long), Body{Seen: []byte(long[:most])}},
		"nobody asked":     {"", "gzip", gzipped(t, "text"), Body{Unread: notAskedFor}},
		"another asked":    {"zstd", "gzip", gzipped(t, "text"), Body{Unread: notAskedFor}},
		"unknown":          {"gzip, br", "br", "text", Body{Unread: notKnown}},
		"packed twice":     {"gzip", "gzip, gzip", "text", Body{Unread: notKnown}},
		"no gzip":          {"gzip", "gzip", "text", Body{Unread: notUnpacked}},
		"no zstd":          {"zstd", "zstd", "text", Body{Unread: notUnpacked}},
		"gzip cut off":     {"gzip", "gzip", gzipped(t, "text")[:15], Body{Unread: notUnpacked}},
		"zstd cut off":     {"zstd", "zstd", zstded(t, noise(500))[:300], Body{Unread: notUnpacked}},
		"empty, of a HEAD": {"gzip", "gzip", "", Body{}},
	} {
		var c CompiledRequest
		c.Header.Fixed = http.Header{}
		if tc.accept != "" {
			c.Header.Fixed["accept-encoding"] = []string{tc.accept}
		}
		x := &exchange.Exchange{Header: exchange.Header{Fields: http.Header{}}}
		if tc.coding != "" {
			x.Header.Fields.Set("Content-Encoding", tc.coding)
		}
		came := tc.came[:min(len(tc.came), c.PackedKeep(most))]
		if got := c.Read(x, []byte(came), most); string(got.Seen) != string(tc.want.Seen) || got.Unread != tc.want.Unread {
			t.Errorf("%s: %d bytes %.20q, %q; want %d bytes, %q", name, len(got.Seen), got.Seen, got.Unread, len(tc.want.Seen), tc.want.Unread)
		}
	}
}

// What cannot be read fails what is expected of it alone, and a bad status is the plainer word.
func TestUnreadBodiesFailWhatIsExpectedOfThem(t *testing.T) {
	unread := Body{Unread: notKnown}
	for _, tc := range []struct {
		expect string
		status int
		want   string
	}{
		{"body~x", 200, "expect: body encoding unknown"},
		{"json:$.a", 200, "expect: body encoding unknown"},
		{"json:$.a", 500, "status 500"},
		{"status=200", 200, ""},
	} {
		e, err := ParseExpect(tc.expect)
		if err != nil {
			t.Fatal(err)
		}
		if got := JudgeAnswer([]Expect{e}, tc.status, exchange.Header{}, unread, 100); got != tc.want {
			t.Errorf("%s of status %d: %q, want %q", tc.expect, tc.status, got, tc.want)
		}
	}
}

func TestCheckEncoding(t *testing.T) {
	for value, ok := range map[string]bool{"": true, "gzip": true, "zstd, gzip": true, "identity": true, "br": false, "gzip, deflate": false} {
		if err := CheckEncoding(value); (err == nil) != ok {
			t.Errorf("%q: %v", value, err)
		}
	}
}
