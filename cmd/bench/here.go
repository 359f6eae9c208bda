package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/profiles"
)

// mayDrive refuses a URL on another machine unless the user has set a rate.
func (a *asking) mayDrive(p profiles.Profile, address string) error {
	u, err := request.OriginOf(address)
	if err != nil {
		return err
	}
	if !a.rateGiven() && !p.OfUsers() && !a.staysHere(u.Hostname()) {
		if to := a.base.ConnectTo; to != "" {
			return fmt.Errorf("--connect-to %s is not on this machine: say with %s how much it may get", to, a.rateFlag())
		}
		return fmt.Errorf("%s is not on this machine: say with %s how much it may get", u.Host, a.rateFlag())
	}
	return nil
}

// mayFollow refuses hosts to which redirects are followed as mayDrive does.
func (a *asking) mayFollow(p profiles.Profile) error {
	for _, host := range a.base.Follow.Hosts {
		u := url.URL{Host: host}
		if !a.rateGiven() && !p.OfUsers() && !a.staysHere(u.Hostname()) {
			return fmt.Errorf("--follow-hosts: %s is not on this machine: say with %s how much it may get", host, a.rateFlag())
		}
	}
	return nil
}

// rateGiven reports whether the user has set a rate, which a target on another machine requires.
func (o *driveOptions) rateGiven() bool {
	return o.rate != "" || o.peak != "" || len(o.stages) > 0 || o.vus != 0
}

// rateFlag is the flag that bounds what a target gets: a search for capacity finds its rates itself.
func (o *driveOptions) rateFlag() string {
	if o.given != nil && o.given.Lookup("max-rate") != nil {
		return "--max-rate"
	}
	return "--rate"
}

// staysHere reports whether what is sent to a host of that name stays on this machine.
func (o *driveOptions) staysHere(host string) bool {
	if o.base.ConnectTo == "" {
		return isHere(host)
	}
	to, _, err := net.SplitHostPort(o.base.ConnectTo)
	return strings.HasPrefix(o.base.ConnectTo, "unix:") || err != nil || isHere(to) // the plan refuses what is no address
}

// isHere reports whether a host is this machine: an address of its own, or a name of nothing but such addresses.
func isHere(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return preflight.OnThisMachine(a)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	return err == nil && !slices.ContainsFunc(list, func(a netip.Addr) bool { return !preflight.OnThisMachine(a) })
}
