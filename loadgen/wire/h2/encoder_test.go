package h2

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/http2/hpack"
)

// x/net's decoder reads what was encoded: fields that are the same in every request come once, and by their index from then on.
func TestEncoder(t *testing.T) {
	first, err := NewHead(0, "POST", "https", "example.test", map[string][]string{"User-Agent": {"bench"}, "X-Token": {" secret "}, "Connection": {"close"}})
	if err != nil {
		t.Fatal(err)
	}
	second, err := NewHead(1, "GET", "https", "example.test", map[string][]string{"Host": {"other.test"}, "X-Large": {strings.Repeat("x", 5000)}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	d := hpack.NewDecoder(defaultTable, func(f hpack.HeaderField) { got = append(got, f.Name+": "+f.Value) })
	e := newEncoder()
	for round := range 4 {
		if round == 3 {
			e.allow(100)
		}
		for _, r := range []Request{{Head: first, Path: []byte("/"), Body: make([]byte, 1234)}, {Head: second, Path: fmt.Appendf(nil, "/%d", round)}} {
			got = nil
			block := e.append(nil, &r)
			if _, err := d.Write(block); err != nil || d.Close() != nil {
				t.Fatalf("round %d: %v", round, err)
			}
			want := "[:method: GET :scheme: https :authority: other.test :path: " + string(r.Path) + " x-large: " + second.fields[0].value + "]"
			if r.Head == first {
				want = "[:method: POST :scheme: https :authority: example.test :path: / content-length: 1234 user-agent: bench x-token: secret]"
				if long := len(block) > 20; long != (round == 0 || round == 3) {
					t.Errorf("round %d: a block of %d bytes", round, len(block))
				}
			}
			if fmt.Sprint(got) != want {
				t.Errorf("round %d: %.300s, want %.300s", round, got, want)
			}
		}
	}
}

// What cannot be sent is named, and no value.
func TestHeadsThatCannotBeSent(t *testing.T) {
	for name, tc := range map[string]struct {
		method string
		fields map[string][]string
	}{
		"method": {"G T", nil}, `header "a b"`: {"GET", map[string][]string{"a b": {"x"}}}, "header X-Y": {"GET", map[string][]string{"X-Y": {"secret\r\n" + "z: y"}}},
	} {
		_, err := NewHead(0, tc.method, "http", "example.test", tc.fields)
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
