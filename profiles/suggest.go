package profiles

import "strings"

// Suggest returns the known word closest to a mistyped one, whatever their case, or "" where none is close enough to be
// meant: a third of its bytes, or one more, may be wrong.
func Suggest(got string, known []string) string { return nearest(got, known, 1+len(got)/3) }

// SuggestTypo is [Suggest] for a word that may be right, and mean something elsewhere: one of its bytes may be wrong, and one more of
// each eight.
func SuggestTypo(got string, known []string) string { return nearest(got, known, 1+len(got)/8) }

func nearest(got string, known []string, most int) string {
	if len(got) > 64 {
		return ""
	}
	got = strings.ToLower(got)
	best, bestDistance := "", most
	for _, word := range known {
		if d := editDistance(got, strings.ToLower(word)); d <= bestDistance && (best == "" || d < bestDistance) {
			best, bestDistance = word, d
		}
	}
	return best
}

// editDistance counts the insertions, deletions, substitutions and swaps of neighbours that turn a into b (the optimal
// string alignment distance), in bytes.
func editDistance(a, b string) int {
	before, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}
