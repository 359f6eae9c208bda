package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/targets"
	"github.com/spf13/pflag"
)

// checkHonoured refuses a given flag, or its variable, that has no effect on any subject.
func (o *driveOptions) checkHonoured(list []*rig.Target) error {
	var services []string
	owned, https := o.given.Changed("a-cmd") || o.given.Changed("b-cmd"), len(o.base.Follow.Hosts) > 0
	for _, s := range list {
		if s.Service != nil {
			services, owned = append(services, s.Service.Name), true
		}
		https = https || secure(s)
	}
	for _, name := range []string{"db", "pool-size", "ttl", "cache-size"} {
		if !o.given.Changed(name) || honours(services, name) {
			continue
		}
		return vain(o.given, name, fmt.Sprintf("is for the bundled %s, and no target is that", namesOf(targets.HonouredBy(name))))
	}
	if o.given.Changed("tls") && len(services) == 0 {
		return vain(o.given, "tls", "is for bundled services, and no target is one")
	}
	if o.given.Changed("cpus") && o.cpus == "split" && !owned {
		return vain(o.given, "cpus", "split sets processors apart for a target that bench starts, and it starts none")
	}
	if err := o.checkLink(list); err != nil {
		return err
	}
	for _, name := range []string{"insecure", "cert", "key", "cacert", "sni", "tls-resume"} {
		if o.given.Changed(name) && !https {
			return vain(o.given, name, "is for https, and no target has such a URL")
		}
	}
	return nil
}

// secure reports whether any of a target's requests goes to https.
func secure(s *rig.Target) bool {
	const scheme = "https://"
	if s.Plan.Lines != nil {
		found := errors.New("found")
		return s.Plan.Lines.Origins(func(url string) error {
			if strings.HasPrefix(strings.ToLower(url), scheme) {
				return found
			}
			return nil
		}) != nil
	}
	return slices.ContainsFunc(s.Plan.AllRequests(), func(r request.Request) bool { return strings.HasPrefix(strings.ToLower(r.URL), scheme) })
}

// checkServed refuses flags of bench serve that the service does nothing with. A child is given what its whole command was.
func checkServed(given *pflag.FlagSet, service string) (failed error) {
	if given.Changed("lifeline") {
		return nil
	}
	if given.Changed("slow-by-waiting") && !given.Changed("slow") && !given.Changed("slow-tail") {
		return vain(given, "slow-by-waiting", "says how --slow and --slow-tail are done, and neither was given")
	}
	given.Visit(func(f *pflag.Flag) {
		if failed == nil && !honours([]string{service}, f.Name) {
			failed = vain(given, f.Name, fmt.Sprintf("is for %s, and %s has no use for it", namesOf(targets.HonouredBy(f.Name)), service))
		}
	})
	return failed
}

// honours reports whether any of the services does what a flag asks.
func honours(services []string, flag string) bool {
	by := targets.HonouredBy(flag)
	return by == nil || slices.ContainsFunc(services, func(name string) bool { return slices.Contains(by, name) })
}

// namesOf joins names: a, b or c.
func namesOf(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// vain returns why a flag, or the variable that set it, would have no effect.
func vain(given *pflag.FlagSet, name, why string) error {
	if variable := given.Lookup(name).Annotations[ofVariable]; len(variable) > 0 {
		return fmt.Errorf("%s %s: unset it for this command", variable[0], why)
	}
	return fmt.Errorf("--%s %s: leave it out", name, why)
}
