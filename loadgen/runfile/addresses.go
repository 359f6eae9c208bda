package runfile

import (
	"cmp"
	"fmt"
	"slices"
)

// MaxAddresses bounds the addresses of which figures are kept.
const MaxAddresses = 1000

// AddressFigures is what was sent to one address of a host with several, warm-up included. The histogram has two significant
// digits.
type AddressFigures struct {
	Address     string `json:"address"` // and port
	Requests    uint64 `json:"requests"`
	Failed      uint64 `json:"failed"`
	ServiceTime Dist   `json:"service_time"` // sent to last byte, of the successes
}

// SortAddresses puts them in the order of their addresses.
func SortAddresses(list []AddressFigures) {
	slices.SortFunc(list, func(a, b AddressFigures) int { return cmp.Compare(a.Address, b.Address) })
}

func mergeAddresses(a, b []AddressFigures) ([]AddressFigures, error) {
	m := slices.Clone(a)
	for _, f := range b {
		i := slices.IndexFunc(m, func(o AddressFigures) bool { return o.Address == f.Address })
		if i < 0 {
			m = append(m, f)
			continue
		}
		m[i].Requests += f.Requests
		m[i].Failed += f.Failed
		if err := m[i].ServiceTime.merge(&f.ServiceTime, DetailDigits); err != nil {
			return nil, fmt.Errorf("address %q: %w", f.Address, err)
		}
	}
	SortAddresses(m)
	return m, nil
}

func checkAddresses(list []AddressFigures) error {
	if len(list) > MaxAddresses {
		return fmt.Errorf("it has %d addresses", len(list))
	}
	for i := range list {
		f := &list[i]
		if len(f.Address) > maxText {
			return fmt.Errorf("addresses: a text is longer than %d bytes", maxText)
		}
		if f.Failed > f.Requests || f.ServiceTime.Count > f.Requests {
			return fmt.Errorf("address %q: %d failed and %d in service_time, of %d", f.Address, f.Failed, f.ServiceTime.Count, f.Requests)
		}
		if err := f.ServiceTime.check(DetailDigits); err != nil {
			return fmt.Errorf("address %q: service_time: %w", f.Address, err)
		}
	}
	return nil
}
