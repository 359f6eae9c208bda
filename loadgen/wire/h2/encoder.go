package h2

// encoder encodes header blocks. A field that is the same in every request is inserted into the peer's table the first time,
// as long as nothing has to be evicted for it, and named by its index from then on.
type encoder struct {
	allowed int // what the peer allows its table, bytes
	size    int // of the table, bytes
	number  map[field]int
	resize  bool // the peer has to be told of a smaller table first
	blocks  []encoded
}

// encoded are the parts of a head's block that are the same in every request.
type encoded struct {
	inserted      int // fields in the table when it was encoded; 0: not encoded
	before, after []byte
}

func newEncoder() encoder { return encoder{allowed: defaultTable, number: map[field]int{}} }

// allow takes the size that the peer allows its table. One below the usual is emptied, and not used again.
func (e *encoder) allow(most int) {
	if most < defaultTable {
		e.resize, e.allowed, e.size = true, 0, 0
		clear(e.number)
		clear(e.blocks)
	}
}

// append appends the block of a request.
func (e *encoder) append(dst []byte, r *Request) []byte {
	if e.resize {
		dst, e.resize = append(dst, 0x20), false // a table of 0 bytes
	}
	var known *encoded
	if i := r.Head.Index; i >= 0 {
		for i >= len(e.blocks) {
			e.blocks = append(e.blocks, encoded{})
		}
		if known = &e.blocks[i]; known.inserted == len(e.number)+1 {
			dst = append(dst, known.before...)
			return append(appendOwn(dst, r), known.after...)
		}
	}
	keep, had := known != nil, len(e.number)
	before := len(dst)
	dst = e.fields(dst, r.Head.pseudo, keep)
	between := len(dst)
	dst = appendOwn(dst, r)
	after := len(dst)
	dst = e.fields(dst, r.Head.fields, keep)
	if keep && len(e.number) == had {
		known.before = append(known.before[:0], dst[before:between]...)
		known.after = append(known.after[:0], dst[after:]...)
		known.inserted = had + 1
	}
	return dst
}

// appendOwn appends what is the request's own: its path, and the length of its body.
func appendOwn(dst []byte, r *Request) []byte {
	if string(r.Path) == "/" {
		dst = append(dst, 0x80|4)
	} else {
		dst = appendString(append(dst, 4), r.Path) // a value without indexing, of the name at index 4
	}
	if len(r.Body) > 0 || r.Head.length {
		var digits [20]byte
		i := len(digits)
		for n := len(r.Body); i == len(digits) || n > 0; n /= 10 {
			i--
			digits[i] = byte('0' + n%10)
		}
		dst = appendInteger(dst, 0, 4, 28) // content-length
		dst = appendString(dst, digits[i:])
	}
	return dst
}

// fields appends fields, inserting them where they are kept.
func (e *encoder) fields(dst []byte, fields []field, keep bool) []byte {
	for _, f := range fields {
		if i := staticIndex[f]; i > 0 {
			dst = appendInteger(dst, 0x80, 7, i)
			continue
		}
		if n, ok := e.number[f]; ok {
			dst = appendInteger(dst, 0x80, 7, len(static)+len(e.number)-1-n)
			continue
		}
		name := staticName[f.name]
		if keep && e.size+f.size() <= e.allowed {
			e.number[f] = len(e.number)
			e.size += f.size()
			dst = appendInteger(dst, 0x40, 6, name)
		} else {
			dst = appendInteger(dst, 0, 4, name)
		}
		if name == 0 {
			dst = appendString(dst, []byte(f.name))
		}
		dst = appendString(dst, []byte(f.value))
	}
	return dst
}

func appendString(dst, s []byte) []byte {
	return append(appendInteger(dst, 0, 7, len(s)), s...)
}

// appendInteger appends an integer behind the first byte's other bits (RFC 7541, section 5.1).
func appendInteger(dst []byte, first byte, prefix uint, v int) []byte {
	mask := 1<<prefix - 1
	if v < mask {
		return append(dst, first|byte(v))
	}
	dst = append(dst, first|byte(mask))
	for v -= mask; v >= 0x80; v >>= 7 {
		dst = append(dst, byte(v)|0x80)
	}
	return append(dst, byte(v))
}
