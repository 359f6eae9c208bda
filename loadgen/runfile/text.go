package runfile

import "strings"

// What is told apart, and what the rest is counted as.
const (
	MaxEndpoints  = 32
	MaxErrorKinds = 64
	Other         = "other"
)

// maxSample bounds the words of a failure that are kept, in bytes.
const maxSample = 200

// Excerpt cuts text to maxSample bytes of valid UTF-8. What shows it cleans it for its own medium.
func Excerpt(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), maxSample)], "")
}
