package wire

// takeChunked scans a part of a body in chunks, or of the trailer after it (RFC 9112, section 7.1). Lines of the coding
// end in CR LF, never in LF alone, as net/http has it: peers that differ there can be made to see different answers.
func (a *Answer) takeChunked(p []byte) (n int, err error) {
	if a.state == inChunk {
		n = int(min(int64(len(p)), a.left))
		if a.left -= int64(n); a.left == 0 {
			a.state = inChunkEnd
		}
		return n, a.content(p[:n])
	}
	for n < len(p) && a.state != inChunk && a.state != atEnd {
		c := p[n]
		n++
		if a.state >= inTrailer {
			err = a.takeTrailerByte(c)
		} else {
			err = a.takeChunkByte(c)
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// takeChunkByte scans one byte of the line before a chunk, or of the line break after it.
func (a *Answer) takeChunkByte(c byte) error {
	switch a.state {
	case inChunkEnd:
		if c != '\r' {
			return errChunkEnd
		}
		a.state = inChunkEndLF
		return nil
	case inChunkEndLF:
		if c != '\n' {
			return errChunkEnd
		}
		a.state = inChunkSize
		return nil
	case inChunkSizeEnd:
		if c != '\n' {
			return errChunkLine
		}
		return a.beginChunk()
	case inChunkSize:
		a.chunkLine = 0
	}
	if c == '\n' {
		return errChunkLine
	}
	if c == '\r' {
		if a.state == inChunkSize {
			return errChunkSize
		}
		a.state = inChunkSizeEnd
		return nil
	}
	if a.chunkLine++; a.chunkLine > maxChunkLine {
		return errLongChunkLine
	}
	if a.state == inChunkExtension {
		return nil
	}
	if digit := hexDigit(c); digit >= 0 && a.state != inChunkSizeSpace {
		if a.chunkLine > 16 || a.left>>58 != 0 {
			return errChunkTooLarge
		}
		a.left = a.left<<4 | int64(digit)
		a.state = inChunkSizeDigits
		return nil
	}
	switch {
	case (c == ' ' || c == '\t') && a.state != inChunkSize:
		a.state = inChunkSizeSpace
	case c == ';' && a.state == inChunkSizeDigits:
		a.state = inChunkExtension
	default:
		return errChunkSize
	}
	return nil
}

// hexDigit returns the value of a hexadecimal digit, -1 for any other byte.
func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	default:
		return -1
	}
}

// beginChunk begins the chunk whose size was read. A server may send its body byte by byte, but not hide an endless
// answer in chunk extensions: as in net/http each chunk grants 16 bytes of framing, and two for each of its own.
func (a *Answer) beginChunk() error {
	a.excess += int64(a.chunkLine) + 2
	a.excess -= 16 + 2*min(a.left, maxChunkExcess)
	a.excess = max(a.excess, 0)
	if a.excess > maxChunkExcess {
		return errChunkExcess
	}
	a.state = inChunk
	if a.left == 0 {
		a.state, a.chunkLine = inTrailer, 0
	}
	return nil
}

// takeTrailerByte scans one byte of the trailer, whose lines are checked and passed over.
func (a *Answer) takeTrailerByte(c byte) error {
	if a.chunkLine++; a.chunkLine > maxTrailerBytes {
		return errLongTrailer
	}
	if c == '\n' && a.state != inTrailerLineEnd && a.state != inTrailerEnd {
		return errChunkLine
	}
	switch a.state {
	case inTrailer, inTrailerLine:
		folded := c == ' ' || c == '\t'
		switch {
		case c == '\r':
			a.state = inTrailerEnd
		case folded && a.state == inTrailerLine:
			a.state = inTrailerValue
		case folded || !nameBytes[c]:
			return errTrailer
		default:
			a.state = inTrailerName
		}
	case inTrailerName:
		if c == ':' {
			a.state = inTrailerValue
		} else if !nameBytes[c] {
			return errTrailer
		}
	case inTrailerValue:
		if c == '\r' {
			a.state = inTrailerLineEnd
		} else if c < ' ' && c != '\t' || c == 0x7f {
			return errTrailer
		}
	case inTrailerLineEnd, inTrailerEnd:
		if c != '\n' {
			return errChunkLine
		}
		if a.state == inTrailerEnd {
			a.state = atEnd
		} else {
			a.state = inTrailerLine
		}
	}
	return nil
}
