package pprof

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/google/pprof/profile"
)

// Summary is what a profile says in short.
type Summary struct {
	Unit      string     `json:"unit"`           // of the values: "nanoseconds" or "bytes"
	Total     int64      `json:"total"`          // over all functions
	Functions []Function `json:"functions"`      // those with the most of their own, and with the most in all; by Flat, then Cum
	File      string     `json:"file,omitempty"` // where the whole profile is kept, beside the run file; "" nowhere

	Data []byte `json:"-"` // the whole profile as it was sent
}

// Function is one function's part of a profile.
type Function struct {
	Name string `json:"name"`
	Flat int64  `json:"flat"` // in the function itself
	Cum  int64  `json:"cum"`  // in it and in what it called
}

// The bounds of a summary, and of what a profile may hold: unpacked, its parts take many times the memory that they take
// on the wire.
const (
	maxFunctions = 10  // by Flat, and twice as many by Cum, of which the first are whoever serves
	maxName      = 200 // bytes
	maxParts     = 1 << 19
	maxFrames    = 1 << 23 // of all stacks together; a few bytes can say the same stack a million times
)

// values names, for each kind, the sample's value that is summed up.
var values = map[Kind]string{CPU: "cpu", Mutex: "delay", Heap: "inuse_space"}

// units are those that the values may have.
var units = map[Kind]string{CPU: "nanoseconds", Mutex: "nanoseconds", Heap: "bytes"}

// Summarise reads a profile of a kind as [Client.Fetch] returns it. The profile may be anyone's.
func Summarise(kind Kind, data []byte) (*Summary, error) {
	plain, err := unpacked(data)
	if err != nil {
		return nil, err
	}
	if err := checkParts(plain); err != nil {
		return nil, err
	}
	p, err := profile.ParseUncompressed(plain)
	if err == nil {
		err = p.CheckValid()
	}
	if err != nil {
		return nil, fmt.Errorf("not one that can be read: %s", cut(err.Error(), maxMessage))
	}
	index := slices.IndexFunc(p.SampleType, func(t *profile.ValueType) bool { return t.Type == values[kind] && t.Unit == units[kind] })
	if index < 0 {
		return nil, fmt.Errorf("it has no %s in %s", values[kind], units[kind])
	}
	s := &Summary{Unit: units[kind], Data: data, Functions: []Function{}}
	byName, frames := map[string]*Function{}, 0
	for _, sample := range p.Sample {
		for _, location := range sample.Location {
			frames += 1 + len(location.Line)
		}
		if frames > maxFrames {
			return nil, fmt.Errorf("it has more than %d frames", maxFrames)
		}
		if err := s.add(byName, sample, sample.Value[index]); err != nil {
			return nil, err
		}
	}
	s.keep(byName)
	return s, nil
}

var errValues = errors.New("its values cannot be added up")

// add counts a sample: for the function at its top, and for each function on the way there.
func (s *Summary) add(byName map[string]*Function, sample *profile.Sample, value int64) error {
	if value < 0 || s.Total > math.MaxInt64-value {
		return errValues
	}
	s.Total += value
	leaf := true
	counted := map[*Function]bool{} // a function that calls itself is there once
	for _, location := range sample.Location {
		// The innermost of inlined functions comes first.
		for _, line := range location.Line {
			name := cmp.Or(cut(line.Function.Name, maxName), "unknown")
			f := byName[name]
			if f == nil {
				f = &Function{Name: name}
				byName[name] = f
			}
			if leaf {
				f.Flat += value
				leaf = false
			}
			if !counted[f] {
				counted[f] = true
				f.Cum += value
			}
		}
	}
	return nil
}

// keep takes the functions with the most of their own, and those with the most in all.
func (s *Summary) keep(byName map[string]*Function) {
	var all []*Function
	for _, f := range byName {
		all = append(all, f)
	}
	kept := map[*Function]bool{}
	for i, of := range []func(*Function) int64{func(f *Function) int64 { return f.Flat }, func(f *Function) int64 { return f.Cum }} {
		slices.SortFunc(all, func(a, b *Function) int { return cmp.Or(cmp.Compare(of(b), of(a)), cmp.Compare(a.Name, b.Name)) })
		for _, f := range all[:min(len(all), (i+1)*maxFunctions)] {
			kept[f] = of(f) > 0 || kept[f]
		}
	}
	for f, keep := range kept {
		if keep {
			s.Functions = append(s.Functions, *f)
		}
	}
	slices.SortFunc(s.Functions, func(a, b Function) int {
		return cmp.Or(cmp.Compare(b.Flat, a.Flat), cmp.Compare(b.Cum, a.Cum), cmp.Compare(a.Name, b.Name))
	})
}

// Check validates a summary that was read from a file.
func (s *Summary) Check() error {
	if s.Total < 0 || len(s.Functions) > 3*maxFunctions || len(s.File) > maxName {
		return fmt.Errorf("a total of %d in %d functions cannot be", s.Total, len(s.Functions))
	}
	for _, f := range s.Functions {
		if f.Flat < 0 || f.Flat > f.Cum || f.Cum > s.Total || len(f.Name) > maxName {
			return fmt.Errorf("%d and %d of a function, of %d in all, cannot be", f.Flat, f.Cum, s.Total)
		}
	}
	return nil
}

var errNoProfile = errors.New("it is no profile")

// checkParts walks over the fields of an unpacked profile (a protocol buffer) and counts them.
func checkParts(data []byte) error {
	if len(data) == 0 {
		return errNoProfile
	}
	for parts := 0; len(data) > 0; parts++ {
		if parts > maxParts {
			return fmt.Errorf("it has more than %d parts", maxParts)
		}
		tag, n := binary.Uvarint(data)
		if n <= 0 {
			return errNoProfile
		}
		data = data[n:]
		size, n := binary.Uvarint(data)
		switch wire := tag & 7; {
		case n <= 0 || wire != 0 && wire != 2:
			return errNoProfile
		case wire == 0: // the number itself
			data = data[n:]
		case size > uint64(len(data)-n):
			return errNoProfile
		default:
			data = data[n+int(size):]
		}
	}
	return nil
}
