package request

import "fmt"

// TextError is an error in a text that may hold values. It shows nothing of the text, which may hold a secret: it names the part,
// the place and the length.
type TextError struct {
	Part   string // part of the request, such as "body"; a caller may put a flag's name in its place
	At     int    // bytes of the part before what is wrong
	Length int    // of what is wrong, in bytes
	What   string // the kind of text at that place, never the text itself
	Err    error  // why it is wrong, and what to do
}

func (e *TextError) Error() string {
	return fmt.Sprintf("%s: the %s of %s, %s from its beginning, %v", e.Part, e.What, byteCount(e.Length), byteCount(e.At), e.Err)
}

func (e *TextError) Unwrap() error { return e.Err }

func byteCount(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}
