package runfile

import (
	"fmt"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/pprof"
)

// TargetProfile is what a Go target's own profiles said of it. Taking the CPU's costs the target some of its processor.
type TargetProfile struct {
	Phase      string         `json:"phase"`       // in which the CPU profile was taken
	StartNS    time.Duration  `json:"start_ns"`    // of the CPU profile
	DurationNS time.Duration  `json:"duration_ns"` // of the CPU profile
	CPU        *pprof.Summary `json:"cpu,omitempty"`
	Mutex      *pprof.Summary `json:"mutex,omitempty"` // at the end, since the target's start
	Heap       *pprof.Summary `json:"heap,omitempty"`  // at the end
	Problems   []string       `json:"problems,omitempty"`
}

// Kinds returns the profiles that there are, by kind, in the order in which they are shown.
func (p *TargetProfile) Kinds() []KindOfProfile {
	var list []KindOfProfile
	for _, k := range []KindOfProfile{{pprof.CPU, p.CPU}, {pprof.Mutex, p.Mutex}, {pprof.Heap, p.Heap}} {
		if k.Summary != nil {
			list = append(list, k)
		}
	}
	return list
}

// KindOfProfile is one of a target's profiles.
type KindOfProfile struct {
	Kind pprof.Kind
	*pprof.Summary
}

// check validates an untrusted profile.
func (p *TargetProfile) check() error {
	if p == nil {
		return nil
	}
	for _, k := range p.Kinds() {
		if err := k.Check(); err != nil {
			return fmt.Errorf("profile: %s: %w", k.Kind, err)
		}
	}
	if len(strings.Join(p.Problems, "")) > maxText {
		return fmt.Errorf("profile: a text is longer than %d bytes", maxText)
	}
	return nil
}
