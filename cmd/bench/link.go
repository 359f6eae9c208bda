package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/targets"
	"github.com/seed-5a006608/bench/targets/link"
	"github.com/spf13/cobra"
)

// newLinkCommand is what bench starts links with, beside services that it has started.
func newLinkCommand(s streams) *cobra.Command {
	var o targets.LinkOptions
	c := &cobra.Command{
		Use: "link URL", Hidden: true, Args: args(1, 1, "one URL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.To = args[0]
			return targets.ServeLink(cmd.Context(), o, func(url string) { fmt.Fprintln(s.out, url) })
		},
	}
	c.Flags().StringVar(&o.Link, "link", "", "what the link does")
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "seed of what is random")
	c.Flags().BoolVar(&o.HTTP3, "http3", false, "datagrams pass too")
	c.Flags().IntVar(&o.Lifeline, "lifeline", 0, "descriptor at whose end to stop")
	return c
}

// linkOf reads --link; "" without one.
func (o *driveOptions) linkOf() (string, error) {
	if o.link == "" && !o.given.Changed("link") {
		return "", nil
	}
	l, err := link.Parse(o.link)
	if err == nil && l == (link.Link{}) {
		err = errors.New("it does nothing: leave it out, or give delay, rate, reset or loss")
	}
	if err != nil {
		return "", fmt.Errorf("--link: %w", err)
	}
	return l.String(), nil
}

// checkLink refuses --link to what bench does not start as a service of its own.
func (o *driveOptions) checkLink(list []*rig.Target) error {
	if o.link != "" && slices.ContainsFunc(list, func(t *rig.Target) bool { return t.Service == nil }) {
		return vain(o.given, "link", "stands between bench and bundled services, and a target is not one: for a service of yours, tc-netem(8) does that")
	}
	return nil
}
