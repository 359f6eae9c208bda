package targets

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/targets/cache"
	"github.com/seed-5a006608/bench/targets/catalogue"
)

// Target is a bundled service with its options, written NAME[:OPTION[=VALUE],…]. A bare word is the caching strategy, or cold.
type Target struct {
	Service Service
	Text    string // canonical text: the strategy first, then options in the order of [Options], without defaults
	Cold    bool   // comparisons do not warm it before they measure

	strategy string // "": no strategy named
	pages    cache.Settings
	mix      mix
	warm     int // pages to load before it is ready
	pool     int // connections; 0: the default
	rtt      time.Duration
}

// newTarget is a service with its options from flags alone.
func newTarget(s Service, strategy string, flags ServeOptions) Target {
	t := Target{Service: s, strategy: strategy, pages: cache.Defaults(strategy), mix: mix{100, 0}, pool: flags.PoolSize}
	if strategy != "" {
		t.mix = mix{95, 5}
	}
	if flags.TTL != 0 {
		t.pages.TTL = flags.TTL
	}
	if flags.CacheSize != 0 {
		t.pages.Size = flags.CacheSize
	}
	if strategy == "swr" {
		t.pages.Window = t.pages.TTL
	}
	return t
}

// versions reports whether the service is driven with writes too, and so tells of versions.
func (t Target) versions() bool { return t.strategy != "" || t.mix.writes > 0 }

// Named reports whether a text names a bundled service: its word before the first colon does.
func Named(text string) bool {
	name, _, _ := strings.Cut(text, ":")
	return slices.ContainsFunc(Services(), func(s Service) bool { return s.Name == name })
}

// Parse reads a service and its options. Options that are not given come from the flags.
func Parse(text string, flags ServeOptions) (Target, error) {
	name, rest, given := strings.Cut(text, ":")
	service, err := Find(name)
	if err != nil {
		return Target{}, err
	}
	t := newTarget(service, "", flags)
	t.Text = service.Name
	if !given {
		return t, nil
	}
	if err := t.set(strings.Split(rest, ","), flags); err != nil {
		return Target{}, fmt.Errorf("target %q: %w", text, err)
	}
	return t, nil
}

// set reads options.
func (t *Target) set(words []string, flags ServeOptions) error {
	strategy, err := strategyOf(t.Service.Name, words)
	if err != nil {
		return err
	}
	usual := newTarget(t.Service, strategy, flags)
	*t = usual
	said := map[string]bool{}
	for _, word := range words {
		name, text, valued := strings.Cut(word, "=")
		if name == "strategy" || !valued && name == strategy {
			continue
		}
		o, err := optionOf(t.Service.Name, strategy, name)
		if err != nil {
			return err
		}
		if said[name] {
			return fmt.Errorf("%s is given twice", name)
		}
		said[name] = true
		if err := setValue(o.in(t), name, text, valued); err != nil {
			return err
		}
	}
	if t.warm > catalogue.Default.Categories {
		return fmt.Errorf("warm: there are %d pages, got %d", catalogue.Default.Categories, t.warm)
	}
	if strategy == "swr" {
		usual.pages.Window = t.pages.TTL
		if !said["window"] {
			t.pages.Window = t.pages.TTL
		}
	}
	t.Service.Requests = t.mix.of(t.Service.Requests)
	t.write(&usual)
	return nil
}

// setValue sets the value of an option from what stands behind its name; valued is false where nothing does.
func setValue(v value, name, text string, valued bool) error {
	_, isBare := v.(*bare)
	switch {
	case isBare && text == "false": // as in a file's cold: false, or a sweep
		return nil
	case isBare && valued && text != "true":
		return fmt.Errorf("%s=%s: write it as %s, or leave it out", name, text, name)
	case !isBare && !valued:
		return fmt.Errorf("%s: write it as %s", name, forms(name, v))
	}
	if err := v.Set(text); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// forms says how an option that has a value can be written.
func forms(name string, usual value) string {
	if _, isSwitch := usual.(*onOff); isSwitch {
		return name + "=on or " + name + "=off"
	}
	return example(name, usual)
}

// example is how an option is written.
func example(name string, usual value) string {
	if _, isBare := usual.(*bare); isBare {
		return name
	}
	return name + "=" + usual.String()
}

// write fills in the canonical text.
func (t *Target) write(usual *Target) {
	var words []string
	if t.strategy != "" {
		words = append(words, t.strategy)
	}
	for _, o := range options {
		if !o.offered(t.Service.Name, t.strategy) {
			continue
		}
		v := o.in(t)
		if v.String() == o.in(usual).String() {
			continue
		}
		words = append(words, example(o.name, v))
	}
	t.Text = t.Service.Name
	if len(words) > 0 {
		t.Text += ":" + strings.Join(words, ",")
	}
}

// Settle is the time after which every write that the service has answered is in its database, where no flush fails: twice the
// interval of write-behind.
func (t Target) Settle() time.Duration { return 2 * t.pages.Interval }

// InEffect returns the options in effect, defaults and flags included, each as OPTION=VALUE.
func (t Target) InEffect() (list []string) {
	if t.strategy != "" {
		list = append(list, "strategy="+t.strategy)
	}
	for _, o := range options {
		if o.offered(t.Service.Name, t.strategy) && !(o.name == "size" && t.Service.Name == "pooled" && t.pool == 0) {
			list = append(list, example(o.name, o.in(&t)))
		}
	}
	return slices.DeleteFunc(list, func(word string) bool { return word == "cold" && !t.Cold })
}
