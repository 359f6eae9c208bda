package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/pprof"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/spf13/pflag"
)

// profilingOptions say from where a target's own profiles are pulled.
type profilingOptions struct{ from string }

// sameOrigin is the value of --profile-target without one.
const sameOrigin = "true"

func (o *profilingOptions) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.from, "profile-target", "", "pull a Go target's CPU profile in its spike or last hold, and its mutexes and heap at the end, from its own /debug/pprof, or from that of `URL`")
	f.Lookup("profile-target").NoOptDefVal = sameOrigin
}

// apply gives the subjects the place of their profiles; a bundled service's own is known when it has started.
func (o *profilingOptions) apply(subjects []*rig.Target) error {
	switch {
	case o.from == "" || o.from == "false":
		return nil
	case o.from != sameOrigin && len(subjects) > 1:
		return fmt.Errorf("--profile-target=URL is one service's, and %d targets are to be driven: leave out the URL, and each is asked itself", len(subjects))
	case o.from != sameOrigin:
		base, err := pprof.Base(o.from)
		if err != nil {
			return fmt.Errorf("--profile-target: %w", err)
		}
		subjects[0].Plan.ProfileURL = base
		return nil
	}
	for _, s := range subjects {
		target := s.Plan.Target.URL
		if s.Service != nil {
			target = "http://127.0.0.1" // the plan says already that there is a profile
			s.Ask = withProfiles(s.Ask)
		}
		base, err := profilesOf(target)
		if err != nil {
			return fmt.Errorf("--profile-target: %s: %w", s.Name, err)
		}
		s.Plan.ProfileURL = base
	}
	return nil
}

// withProfiles asks a bundled service for its profiles too.
func withProfiles(ask func(*loadgen.Plan, string) error) func(*loadgen.Plan, string) error {
	return func(plan *loadgen.Plan, address string) (err error) {
		if plan.ProfileURL, err = profilesOf(address); err != nil {
			return err
		}
		return ask(plan, address)
	}
}

// profilesOf returns the base of the profiles of whoever serves a URL.
func profilesOf(target string) (string, error) {
	u, err := request.OriginOf(target)
	if err != nil {
		return "", fmt.Errorf("it is no URL")
	}
	return pprof.Base(u.Scheme + "://" + u.Host)
}

// saveProfiles keeps the whole profiles of runs beside the run file at path, under its name: base.target.cpu.pprof.
func saveProfiles(runs []*runfile.Run, path string) error {
	base := strings.TrimSuffix(filepath.Base(path), ".json")
	var taken []string
	for _, r := range runs {
		if r.Profile == nil {
			continue
		}
		target := fileName(r.Target.Name)
		for i := 2; slices.Contains(taken, target); i++ {
			target = fmt.Sprintf("%s-%d", fileName(r.Target.Name), i)
		}
		taken = append(taken, target)
		for _, k := range r.Profile.Kinds() {
			name := fmt.Sprintf("%s.%s.%s.pprof", base, target, k.Kind)
			err := runfile.ReplaceFile(filepath.Join(filepath.Dir(path), name), func(w io.Writer) error {
				_, err := w.Write(k.Data)
				return err
			})
			if err != nil {
				return err
			}
			k.File = name
		}
	}
	return nil
}

// removeProfiles removes the profiles beside the run file at path.
func removeProfiles(path string) error {
	names, err := filepath.Glob(strings.TrimSuffix(path, ".json") + ".*.pprof")
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := removeIfThere(name); err != nil {
			return err
		}
	}
	return nil
}
