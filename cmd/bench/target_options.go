package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/seed-5a006608/bench/targets"
)

// isURL reports whether a target is named by its URL. What begins with a bundled service's name is that, whatever follows.
func isURL(name string) bool { return strings.Contains(name, "://") && !targets.Named(name) }

// canonical is a bundled service with its options in the only form, or what else was named as it was.
func (o *driveOptions) canonical(name string) string {
	if t, err := targets.Parse(name, o.serving); err == nil {
		return t.Text
	}
	return name
}

// inEffect are the options of a bundled service in effect, flags included; "": all defaults.
func inEffect(t targets.Target) string {
	usual, _ := targets.Parse(t.Service.Name, targets.ServeOptions{})
	if slices.Equal(t.InEffect(), usual.InEffect()) {
		return ""
	}
	return strings.Join(t.InEffect(), ",")
}

// listOptions lists the options of a bundled service.
func listOptions(out io.Writer, service targets.Service) error {
	list := service.Options()
	if len(list) == 0 {
		return nil
	}
	fmt.Fprintf(out, "\nOptions, as %s:OPTION=VALUE,…", service.Name)
	strategies := service.Strategies()
	if len(strategies) > 0 {
		fmt.Fprintf(out, ", or %s:STRATEGY,OPTION=VALUE,…:\n  strategy  %s", service.Name, strings.Join(strategies, ", "))
	}
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, o := range list {
		text := o.Usage
		if o.Default != "" {
			text += "; default " + o.Default
		}
		if len(o.Only) == 1 {
			text += "; of " + o.Only[0]
		}
		fmt.Fprintf(w, "  %s\t%s\n", o.Name, text)
	}
	return w.Flush()
}
