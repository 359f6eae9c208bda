package h2

import "golang.org/x/net/http2/hpack"

// defaultTable is the size of a dynamic table until something else is said (RFC 7541, section 4.2), in bytes.
const defaultTable = 4096

// fieldOverhead is what a field counts in a table or a header list beside its name and value (RFC 7541, section 4.1).
const fieldOverhead = 32

// field is a header field. Tables share it, so it is never changed.
type field struct{ name, value string }

func (f *field) size() int { return len(f.name) + len(f.value) + fieldOverhead }

// static is the static table (RFC 7541, appendix A); its first index is 1.
var static = func() []field {
	table := make([]field, 1, 62)
	d := hpack.NewDecoder(0, func(f hpack.HeaderField) { table = append(table, field{f.Name, f.Value}) })
	for i := byte(1); i <= 61; i++ {
		if _, err := d.Write([]byte{0x80 | i}); err != nil {
			panic(err)
		}
	}
	return table
}()

// staticIndex is where the static table has a field; staticName, where it has a name first.
var staticIndex, staticName = func() (map[field]int, map[string]int) {
	fields, names := map[field]int{}, map[string]int{}
	for i := len(static) - 1; i > 0; i-- {
		fields[static[i]], names[static[i].name] = i, i
	}
	return fields, names
}()

// table is a dynamic table (RFC 7541, section 2.3.2).
type table struct {
	ring  []*field
	first int // the newest
	n     int
	size  int // bytes
	most  int // bytes

	changes uint64 // insertions, evictions and resizes so far
}

func (t *table) insert(f *field) {
	t.changes++
	size := f.size()
	t.shrink(t.most - size)
	if size > t.most {
		return
	}
	if t.n == len(t.ring) {
		grown := make([]*field, max(16, 2*len(t.ring)))
		for i := range t.n {
			grown[i] = t.ring[(t.first+i)&(len(t.ring)-1)]
		}
		t.ring, t.first = grown, 0
	}
	t.first = (t.first - 1) & (len(t.ring) - 1)
	t.ring[t.first] = f
	t.n++
	t.size += size
}

// resize changes the bound.
func (t *table) resize(most int) {
	t.changes++
	t.most = most
	t.shrink(most)
}

// shrink evicts the oldest until the table has at most so many bytes.
func (t *table) shrink(most int) {
	for t.n > 0 && t.size > most {
		t.n--
		at := (t.first + t.n) & (len(t.ring) - 1)
		t.size -= t.ring[at].size()
		t.ring[at] = nil
	}
}

// at returns the field of an index of both tables; nil without one.
func (t *table) at(i int) *field {
	switch {
	case i <= 0:
		return nil
	case i < len(static):
		return &static[i]
	}
	if i -= len(static); i < t.n {
		return t.ring[(t.first+i)&(len(t.ring)-1)]
	}
	return nil
}
