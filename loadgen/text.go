package loadgen

import "strings"

// What is told apart, and what the rest is counted as.
const (
	maxEndpoints = 32
	other        = "other"
)

// maxSample bounds the words of a failure that are kept, in bytes.
const maxSample = 200

// bounded cuts text to maxSample bytes of valid UTF-8. What shows it cleans it for its own medium.
func bounded(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), maxSample)], "")
}
