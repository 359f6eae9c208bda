package runfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// MaxConnectionKinds bounds the kinds of connections of which figures are kept.
const MaxConnectionKinds = 100

// ConnectionFigures counts the connections of one kind that carried requests, warm-up included.
type ConnectionFigures struct {
	Protocol string `json:"protocol"`          // "HTTP/1.1", "HTTP/2.0" or "HTTP/3.0"
	TLS      string `json:"tls,omitempty"`     // its version, as in "TLS 1.3"; "": there was no TLS
	Suite    string `json:"suite,omitempty"`   // of TLS
	Opened   uint64 `json:"opened"`            // connections
	Resumed  uint64 `json:"resumed,omitempty"` // those of them that took up the TLS session of an earlier one

	// Shared is how many answers of HTTP/2 came in one read with a later one, whose time of arrival they take: late by what lies
	// between the two, and never early.
	Shared uint64 `json:"shared,omitempty"`
}

// addTo adds connections to the entry of their kind. The list is in the order of the kinds.
func (f ConnectionFigures) addTo(list []ConnectionFigures) []ConnectionFigures {
	i, found := slices.BinarySearchFunc(list, f, func(a, b ConnectionFigures) int {
		return cmp.Or(cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.TLS, b.TLS), cmp.Compare(a.Suite, b.Suite))
	})
	if !found {
		return slices.Insert(list, i, f)
	}
	list[i].Opened += f.Opened
	list[i].Resumed += f.Resumed
	list[i].Shared += f.Shared
	return list
}

// AddConnections adds up two lists of connections by their kinds. The first may be changed.
func AddConnections(a, b []ConnectionFigures) []ConnectionFigures {
	for _, f := range b {
		a = f.addTo(a)
	}
	return a
}

// Protocols are the versions of HTTP that the run spoke, as in "HTTP/1.1" or "HTTP/1.1 and HTTP/2"; "" where no connection was
// opened, and in files of before.
func (r *Run) Protocols() string {
	var list []string
	for _, f := range r.Connections {
		if name := strings.TrimSuffix(Excerpt(f.Protocol), ".0"); !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return units.Listed(list)
}

func checkConnections(list []ConnectionFigures) error {
	if len(list) > MaxConnectionKinds {
		return fmt.Errorf("it has %d kinds of connections", len(list))
	}
	for _, f := range list {
		if len(f.Protocol) > maxText || len(f.TLS) > maxText || len(f.Suite) > maxText {
			return fmt.Errorf("connections: a text is longer than %d bytes", maxText)
		}
		if f.Resumed > f.Opened {
			return fmt.Errorf("connections: %d resumed of %d", f.Resumed, f.Opened)
		}
	}
	return nil
}
