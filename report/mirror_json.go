package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
)

// mirrorSchema rises when a key's meaning changes.
const mirrorSchema = 1

// MirrorKind is the kind of what [WriteMirrorJSON] writes.
const MirrorKind = "mirror"

type mirrorFile struct {
	Schema      int                `json:"schema"`
	Kind        string             `json:"kind"` // mirror
	Answers     []string           `json:"answers"`
	Interrupted bool               `json:"interrupted"`
	Spoiled     string             `json:"spoiled,omitempty"` // why the latencies are not the targets'
	Rate        float64            `json:"rate"`
	LengthNS    int64              `json:"length_ns"`
	Seed        uint64             `json:"seed,omitempty"`
	Names       [2]string          `json:"names"`
	Verdicts    [2]runfile.Verdict `json:"verdicts"`
	Rules       []string           `json:"rules,omitempty"` // rules of comparing answers, in their order
	Pairs       runfile.Pairs      `json:"pairs"`
	Rows        []comparisonRow    `json:"rows"`
	CurvesNS    [2][]time.Duration `json:"curves_ns"`        // of each side, value i at the quantile 1 − 10^(−i/18); absent in files of before
	Repeat      string             `json:"repeat,omitempty"` // the command that does the same again
	Notes       []string           `json:"notes"`            // observations at the time of the run; absent in files of before
	Footnotes   []string           `json:"footnotes"`        // notes for the reader of the figures, derived from them
}

// WriteMirrorJSON writes what a mirrored run found for programs to read. Its error is that of w.
func WriteMirrorJSON(w io.Writer, m *Mirror) error {
	f := mirrorFile{
		Schema: mirrorSchema, Kind: MirrorKind, Answers: mirrorAnswers(m), Interrupted: m.Interrupted, Spoiled: m.Spoiled, Rate: m.Rate, LengthNS: int64(m.Length),
		Seed: m.Seed, Names: [2]string{longName(m.Names[0]), longName(m.Names[1])}, Verdicts: m.Verdicts, Rules: m.Rules, Pairs: m.Pairs,
		Repeat: m.Repeat, Notes: append([]string{}, m.Notes...), Footnotes: append(mirrorFootnotes(m), bothLoaded),
	}
	f.Pairs.ByRule = maps.Clone(f.Pairs.ByRule)
	for _, rule := range m.Rules {
		f.Pairs.ByRule[rule] += 0 // every rule is named
	}
	f.Pairs.Samples = slices.Clone(f.Pairs.Samples)
	for i := range f.Pairs.Samples {
		f.Pairs.Samples[i].Endpoint = longName(f.Pairs.Samples[i].Endpoint)
	}
	f.Rows, f.CurvesNS = comparisonRows(m.Rows), [2][]time.Duration{m.Curves[0].Values, m.Curves[1].Values}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(f)
}

// mostSamples bounds the requests that were answered differently.
const mostSamples = 1000

// DecodeMirror reads what [WriteMirrorJSON] wrote, so that it is shown as when it was made; name stands in its errors. It is
// untrusted: every figure must be one that a mirrored run can have.
func DecodeMirror(name string, data []byte) (*Mirror, error) {
	var f mirrorFile
	if err := runfile.DecodeKind(name, "mirror file", mirrorSchema, data, &f); err != nil {
		return nil, err
	}
	rows, err := rowsOf(f.Rows)
	if err == nil {
		err = f.check()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: is damaged or was edited: %w", name, err)
	}
	m := &Mirror{
		Names: f.Names, Verdicts: f.Verdicts, Interrupted: f.Interrupted, Spoiled: f.Spoiled, Pairs: f.Pairs, Rows: rows, Rate: f.Rate,
		Length: time.Duration(f.LengthNS), Seed: f.Seed, Rules: f.Rules, Repeat: f.Repeat, Notes: f.Notes,
	}
	for side, values := range f.CurvesNS {
		m.Curves[side] = compare.Curve{Arm: f.Names[side], Values: values}
	}
	if f.Notes == nil {
		m.Notes, m.Rules = []string{notKept}, slices.Sorted(maps.Keys(f.Pairs.ByRule))
	}
	return m, nil
}

func (f *mirrorFile) check() error {
	p := &f.Pairs
	switch {
	case f.Kind != MirrorKind:
		return fmt.Errorf("its kind is %q", f.Kind)
	case f.Rate <= 0 || f.LengthNS < 0:
		return errors.New("its rate or its length cannot be")
	case p.Different > p.Compared || p.Slower > p.Timed || p.OneBound > p.Timed:
		return errors.New("of its pairs there are more of a kind than of all")
	case slices.ContainsFunc(f.CurvesNS[:], func(c []time.Duration) bool {
		return len(c) > mostCurve || slices.ContainsFunc(c, func(v time.Duration) bool { return v < 0 })
	}):
		return errors.New("the curve of a side cannot be")
	case len(f.Rules) > runfile.MaxDiffRules || len(p.ByRule) > runfile.MaxDiffRules || len(p.Samples) > mostSamples || len(f.Notes) > mostNotes:
		return errors.New("it has more rules, samples or notes than a mirrored run")
	}
	return nil
}
