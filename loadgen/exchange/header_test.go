package exchange

import (
	"slices"
	"testing"
)

func TestValue(t *testing.T) {
	const header = "Server: nginx\r\nX-Cache:\tMISS \r\nx-cache:HIT\nX-Cached: no\r\nX-Cache : no\r\nEmpty:\r\nLast: 1\r\n"
	for _, tc := range []struct {
		name string
		want []string
		why  string
	}{
		{"X-Cache", []string{"MISS", "HIT"}, "in any case, without the white space around it; not what only begins so"},
		{"x-cache", []string{"MISS", "HIT"}, "whatever the case asked for"},
		{"Empty", []string{""}, "an empty value is one"},
		{"Last", []string{"1"}, "the last line"},
		{"SERVER", []string{"nginx"}, "the first line"},
		{"Absent", nil, ""},
		{"X-Cach\x05", nil, "only letters have a case: E is 0x45, 0x65 and not 0x05"},
		{"X\rCache", nil, "a hyphen is 0x2d, which differs from CR by 0x20"},
	} {
		var got []string
		for rest := []byte(header); ; {
			value, after, ok := Value(rest, tc.name)
			if !ok {
				break
			}
			got, rest = append(got, string(value)), after
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q (%s)", tc.name, got, tc.want, tc.why)
		}
	}
	raw := []byte(header)
	if n := testing.AllocsPerRun(50, func() {
		if _, _, ok := Value(raw, "last"); !ok {
			t.Fatal("last was not found")
		}
		for rest, ok := raw, true; ok; {
			_, _, rest, ok = Line(rest)
		}
	}); n != 0 {
		t.Errorf("%v allocations to look a header up", n)
	}
}

func BenchmarkValue(b *testing.B) {
	header := []byte("Server: nginx/1.22.1\r\nDate: Tue, 24 Nov 2026 12:00:00 GMT\r\nContent-Type: text/html\r\nContent-Length: 12\r\n" +
		"Connection: keep-alive\r\nCache-Control: no-store\r\n")
	b.ReportAllocs()
	for b.Loop() {
		if v, _, ok := Value(header, "Cache-Control"); !ok || string(v) != "no-store" {
			b.Fatalf("%q", v)
		}
	}
}
