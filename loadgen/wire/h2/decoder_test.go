package h2

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/http2/hpack"
)

// peer writes a server's frames by x/net.
type peer struct {
	encoded bytes.Buffer
	hpack   *hpack.Encoder
}

func newPeer() *peer {
	p := &peer{}
	p.hpack = hpack.NewEncoder(&p.encoded)
	return p
}

func (p *peer) block(fields ...string) []byte {
	p.encoded.Reset()
	for i := 0; i < len(fields); i += 2 {
		_ = p.hpack.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})
	}
	return bytes.Clone(p.encoded.Bytes())
}

// bomb is a block of a few kilobytes that stands for megabytes of fields.
func bomb() string {
	b := newPeer().block(":status", "200", "x", strings.Repeat("y", 4000))
	return string(b) + strings.Repeat("\xbe", 4000)
}

// A header block that came before, and one that names what another inserted, say what x/net's decoder says.
func FuzzDecoder(f *testing.F) {
	p := newPeer()
	f.Add(p.block(":status", "200", "server", "a", "x-y", "z"), p.block(":status", "200", "server", "a", "x-y", "z"), byte(3))
	f.Add([]byte("\x3f\xe1\x1f\x88"), p.block(":status", "404"), byte(2))
	f.Fuzz(func(t *testing.T, one, two []byte, times byte) {
		var want []string
		theirs := hpack.NewDecoder(defaultTable, func(f hpack.HeaderField) { want = append(want, f.Name+": "+f.Value+"\r\n") })
		ours := newDecoder()
		for i := range int(times%8) + 1 {
			block := one
			if i%2 == 1 {
				block = two
			}
			want = nil
			_, err := theirs.Write(block)
			if closed := theirs.Close(); err == nil {
				err = closed
			}
			h, own := ours.decode(block)
			if own == nil != (err == nil) {
				t.Fatalf("block %d: %v, x/net says %v", i, own, err)
			}
			if err != nil {
				return
			}
			if h.wrong == nil {
				if strings.HasPrefix(strings.Join(want, ""), ":status") {
					want = want[1:]
				}
				if string(h.lines) != strings.Join(want, "") {
					t.Fatalf("block %d: %q, x/net says %q", i, h.lines, want)
				}
			}
		}
	})
}
