package runfile

import (
	"errors"
	"time"
)

// Bin counts the values that a histogram cannot tell apart.
type Bin struct {
	Value time.Duration // the highest of them
	Count uint64
}

// Bins returns the counts of the successes and of the censored, each in the order of their values. Its error is that of a
// damaged histogram.
func (d *Dist) Bins() (successes, censored []Bin, err error) {
	if successes, err = bins(d.HDR); err != nil || d.Censored == nil {
		return successes, nil, err
	}
	censored, err = bins(d.Censored.HDR)
	return successes, censored, err
}

func bins(encoded string) ([]Bin, error) {
	h, err := decode(encoded, DetailDigits)
	if errors.Is(err, errGeometry) {
		h, err = decode(encoded, TotalDigits)
	}
	if h == nil || err != nil {
		return nil, err
	}
	var list []Bin
	for _, bar := range h.Distribution() {
		if bar.Count > 0 {
			list = append(list, Bin{time.Duration(bar.To), uint64(bar.Count)})
		}
	}
	return list, nil
}
