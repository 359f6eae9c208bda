package main

import (
	"testing"

	"github.com/seed-5a006608/bench/targets"
	"github.com/spf13/pflag"
)

// A child is told what its whole command was, of which another service may do something with.
func TestServedFlagsOfAChildAreNotRefused(t *testing.T) {
	for service, tells := range map[string]bool{"cached": false, "pooled": true} {
		for _, lifeline := range []string{"", "--lifeline=3"} {
			var o targets.ServeOptions
			given := pflag.NewFlagSet("serve", pflag.ContinueOnError)
			o.Flags(given)
			if err := given.Parse([]string{"--addr=127.0.0.1:0", "--ttl=1s", lifeline}); err != nil {
				t.Fatal(err)
			}
			if err := checkServed(given, service); (err != nil) != (tells && lifeline == "") {
				t.Errorf("%s %s: %v", service, lifeline, err)
			}
		}
	}
}
