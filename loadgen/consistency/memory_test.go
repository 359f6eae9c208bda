package consistency

import (
	"math/rand/v2"
	"testing"
	"time"
	"unsafe"
)

// What is remembered is found, and nothing else, however often places are used again.
func TestMemoryFindsWhatIsRemembered(t *testing.T) {
	const most = 1000
	m := memory{most: most}
	r := rand.New(rand.NewPCG(1, 1))
	type write struct{ n, of uint32 }
	var all []write
	seen := map[write]bool{}
	for len(all) < 10*most {
		w := write{r.Uint32N(1 << 14), r.Uint32N(5)}
		if seen[w] {
			continue
		}
		seen[w] = true
		if m.full() {
			if _, e := m.forget(); (write{e.n, e.of}) != all[len(all)-most] {
				t.Fatalf("forgot %+v, not the oldest", e)
			}
		}
		m.add(w.n, w.of, 0, time.Millisecond)
		all = append(all, w)
		if len(all)%97 != 0 {
			continue
		}
		for i, w := range all {
			at, found := m.find(w.n, w.of)
			if want := i >= len(all)-most; found != want || found && m.list[at].n != w.n {
				t.Fatalf("after %d writes: write %d found %v, want %v", len(all), i, found, want)
			}
		}
	}
}

// The writes that are remembered take the 16 MB that are promised.
func TestMemoryIsBounded(t *testing.T) {
	m := memory{most: Remembered}
	for n := range uint32(Remembered + 10) {
		if m.full() {
			m.forget()
		}
		m.add(n, 0, 0, 0)
	}
	bytes := uintptr(cap(m.list))*unsafe.Sizeof(entry{}) + uintptr(cap(m.index))*4
	if bytes > 17_000_000 {
		t.Errorf("%d writes take %d bytes", Remembered, bytes)
	}
}

func TestEntrySent(t *testing.T) {
	m := memory{most: 1}
	for _, took := range []time.Duration{0, 1, time.Microsecond, time.Microsecond + 1, time.Hour} {
		sent, list := time.Minute, memory{most: m.most}
		at := list.add(1, 0, sent, sent+took)
		if got := list.list[at].sent(); got > sent || got <= sent-time.Microsecond {
			t.Errorf("took %v: sent at %v, want %v or up to a microsecond less", took, got, sent)
		}
	}
}
