package runfile

import "fmt"

// Start says when users first ask who come at one instant.
type Start string

// The starts. The zero value is [Together], as it was in plans before there were others.
const (
	Together Start = "together" // when they have thought once: all at once
	Spread   Start = "spread"   // spread over one think time, as if they had been at it for long
)

// Order is how a plan's requests follow each other.
type Order string

// The orders.
const (
	Random     Order = ""           // each request is drawn, by weight
	Sequential Order = "sequential" // as they stand, from the first again after the last
)

// ParseOrder reads "sequential" or "random".
func ParseOrder(s string) (Order, error) {
	switch s {
	case string(Sequential):
		return Sequential, nil
	case "random":
		return Random, nil
	}
	return "", fmt.Errorf("the order of requests is sequential, as they stand in the file, or random, got %q", Excerpt(s))
}

// Grouping is how the requests of a targets file are counted as endpoints.
type Grouping string

// The groupings. A plan's record has none where no request is counted with another, and GroupByName where only requests of one
// name are.
const (
	GroupNever     Grouping = ""        // each request is an endpoint of its own
	GroupByName    Grouping = "name"    // requests of one name are one
	GroupByPattern Grouping = "pattern" // and where there are more than are told apart, those of one pattern, such as GET /item/{n}
)

// ParseGrouping reads "pattern", "name" or "never".
func ParseGrouping(s string) (Grouping, error) {
	switch s {
	case string(GroupByPattern), string(GroupByName):
		return Grouping(s), nil
	case "never":
		return GroupNever, nil
	}
	return "", fmt.Errorf("it is pattern, name or never, got %q", Excerpt(s))
}
