package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/report/page"
)

// maxName bounds the name of a target, in columns: a file has room for so much of it.
const maxName = 120

// checkNames reads --name for so many targets.
func (o *driveOptions) checkNames(targets int) error {
	for i, n := range o.names {
		switch {
		case n == "" || n[0] == ' ' || n[len(n)-1] == ' ':
			return errors.New("--name: a name is not empty, and neither begins nor ends with a space")
		case page.Clean(n, maxName) != n:
			return fmt.Errorf("--name number %d: a name is text that can be printed, of at most %d columns in one line", i+1, maxName)
		case slices.Contains(o.names[:i], n):
			return fmt.Errorf("--name %s: two targets cannot have one name", n)
		}
	}
	if len(o.names) > 0 && len(o.names) != targets {
		return fmt.Errorf("--name names a target each, in their order: got %d for %d", len(o.names), targets)
	}
	return nil
}

// giveNames calls the targets what --name calls them.
func (o *driveOptions) giveNames(list []*rig.Target) error {
	if err := o.checkNames(len(list)); err != nil {
		return err
	}
	for i, n := range o.names {
		t := &list[i].Plan.Target
		if list[i].Service != nil && t.Name != n {
			t.Service = t.Name
		}
		t.Name, t.Named = n, true
	}
	return nil
}
