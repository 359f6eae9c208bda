package targets

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seed-5a006608/bench/targets/cache"
)

func TestTargetsHaveOneForm(t *testing.T) {
	for _, tc := range []struct {
		text, want string
		flags      ServeOptions
	}{
		{"cached", "cached", ServeOptions{}},
		{"cached:read-through", "cached:read-through", ServeOptions{}},
		{"cached:ttl=5m,size=10000,mix=100/0", "cached", ServeOptions{}},
		{"cached:ttl=2000ms,aside,lease=on", "cached:aside,ttl=2s,lease=on", ServeOptions{}},
		{"cached:strategy=aside,lease=off,flight=off", "cached:aside", ServeOptions{}},
		{"cached:ttl", "cached:ttl", ServeOptions{}},
		{"cached:ttl,ttl=90m", "cached:ttl,ttl=1h30m", ServeOptions{}},
		{"cached:write-behind,queue=5,batch=100,interval=0.5s", "cached:write-behind,queue=5", ServeOptions{}},
		{"cached:swr,ttl=2s,window=2s", "cached:swr,ttl=2s", ServeOptions{}},
		{"cached:swr,ttl=2s,window=0s", "cached:swr,ttl=2s,window=0s", ServeOptions{}},
		{"cached:cold,swr,warm=7", "cached:swr,warm=7,cold", ServeOptions{}},
		{"cached:aside,cold=false", "cached:aside", ServeOptions{}},
		{"cached:aside,cold=true", "cached:aside,cold", ServeOptions{}},
		{"cached:refresh-ahead,refresh=50.0%,jitter=10%,negative=1s", "cached:refresh-ahead,refresh=50%,negative=1s,jitter=10%", ServeOptions{}},
		{"cached:none,mix=50/50", "cached:none,mix=50/50", ServeOptions{}},
		{"pooled:size=4,db-rtt=1ms", "pooled:size=4,db-rtt=1ms", ServeOptions{}},
		{"pooled:size=4", "pooled", ServeOptions{PoolSize: 4}},
		{"cached:aside,ttl=5m", "cached:aside,ttl=5m", ServeOptions{TTL: 2 * time.Second}},
		{"cached:aside,ttl=2s,size=9", "cached:aside", ServeOptions{TTL: 2 * time.Second, CacheSize: 9}},
		{"reference", "reference", ServeOptions{}},
	} {
		got, err := Parse(tc.text, tc.flags)
		if err != nil || got.Text != tc.want {
			t.Errorf("%s: %q, %v: want %s", tc.text, got.Text, err, tc.want)
			continue
		}
		again, err := Parse(got.Text, tc.flags)
		if err != nil || again.pages != got.pages || again.mix != got.mix || again.pool != got.pool || again.rtt != got.rtt {
			t.Errorf("%s, read again: %+v, %v: want %+v", got.Text, again, err, got)
		}
	}
}

// Whatever options are given in whatever order, the form they take is read as the same.
func TestFormIsReadBack(t *testing.T) {
	values := map[string][]string{
		"ttl": {"1s", "2s", "90m", "5m"}, "size": {"1", "10000"}, "mix": {"0/100", "95/5", "100/0"}, "refresh": {"75%", "12.5%"},
		"window": {"0s", "2s"}, "batch": {"1", "100"}, "interval": {"1ms", "500ms"}, "queue": {"1", "10000"}, "flight": {"on", "off"},
		"lease": {"on", "off"}, "negative": {"0s", "1s"}, "jitter": {"0%", "100%"}, "pause": {"0s", "5ms"}, "warm": {"0", "300"}, "db-rtt": {"0s", "1ms"},
	}
	rapid.Check(t, func(t *rapid.T) {
		service, _ := Find("cached")
		strategy := rapid.SampledFrom(append([]string{""}, cache.Strategies()...)).Draw(t, "strategy")
		words := []string{"db-rtt=0s"}
		if strategy != "" {
			words = append(words, strategy)
		}
		for _, o := range service.Options() {
			if o.Name != "db-rtt" && service.Offers(o.Name, strategy) && rapid.Bool().Draw(t, o.Name+" given") {
				if o.Name == "cold" {
					words = append(words, o.Name)
					continue
				}
				words = append(words, o.Name+"="+rapid.SampledFrom(values[o.Name]).Draw(t, o.Name))
			}
		}
		words = rapid.Permutation(words).Draw(t, "order")
		first, err := Parse("cached:"+strings.Join(words, ","), ServeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(words)
		for _, text := range []string{first.Text, "cached:" + strings.Join(words, ",")} {
			again, err := Parse(text, ServeOptions{})
			if err != nil || again.Text != first.Text || !slices.Equal(again.InEffect(), first.InEffect()) {
				t.Fatalf("%s: %s %v, %v: want %s %v", text, again.Text, again.InEffect(), err, first.Text, first.InEffect())
			}
		}
	})
}

func TestOptionsThatAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"cachd:aside":                      `no target "cachd"; did you mean cached? (bench list shows all)`,
		"cached:":                          `target "cached:": an option has no name: write SERVICE:OPTION=VALUE,…`,
		"cached:aside,,cold":               `target "cached:aside,,cold": an option has no name: write SERVICE:OPTION=VALUE,…`,
		"cached:=2":                        `target "cached:=2": an option has no name`,
		"cached:http://x/":                 `target "cached:http://x/": no caching strategy "http://x/" (there are none, ttl,`,
		"cached:asid":                      `no caching strategy "asid"; did you mean aside? (there are none, ttl,`,
		"cached:aside,ttl":                 "aside and ttl are two strategies: name one, or give the option a value, as in ttl=…",
		"cached:aside,swr":                 "aside and swr are two strategies: name one",
		"cached:strategy=aside,aside":      "aside is given twice",
		"cached:tll=2s":                    `no option "tll"; did you mean ttl? (bench list cached shows all)`,
		"cached:TTL=2s":                    `no option "TTL"; did you mean ttl? (bench list cached shows all)`,
		"cached:aside,ttl=2s,ttl=2s":       "ttl is given twice",
		"cached:ttl=0s":                    `ttl: "0s": want a time such as 500ms or 2s, from 1µs to 24h`,
		"cached:ttl=2":                     `ttl: "2": want a time such as`,
		"cached:ttl=-1s":                   `ttl: "-1s": want a time such as`,
		"cached:ttl=25h":                   `ttl: "25h": want a time such as`,
		"cached:size=0":                    `size: "0": want a whole number from 1 to 1000000`,
		"cached:size=":                     `size: "": want a whole number from 1 to 1000000`,
		"cached:aside,flight=yes":          `flight: "yes": want on or off`,
		"cached:aside,flight":              "flight: write it as flight=on or flight=off",
		"cached:aside,size":                "size: write it as size=10000",
		"cached:aside,cold=on":             "cold=on: write it as cold, or leave it out",
		"cached:aside,jitter=101%":         `jitter: "101%": want a share such as 75%, of at most 100%`,
		"cached:aside,mix=95":              `mix: "95": want percent of reads and of writes that add up to 100, such as 95/5`,
		"cached:aside,mix=105/-5":          `mix: "105/-5": want percent`,
		"cached:aside,warm=301":            "warm: there are 300 pages, got 301",
		"cached:batch=3":                   "batch is for a strategy: name it, such as cached:write-behind,batch=…",
		"cached:aside,batch=3":             "batch is for write-behind, and aside has no use for it: leave it out",
		"cached:none,ttl=2s":               "and none has no use for it: leave it out",
		"pooled:aside":                     `"aside" is no option of pooled, and strategies are for cached`,
		"pooled:ttl=2s":                    `no option "ttl" (bench list pooled shows all)`,
		"unpooled:size=4":                  `no option "size" (bench list unpooled shows all)`,
		"reference:workers=2":              "reference has no options",
		"cached:write-behind,interval=1us": `interval: "1us": want a time such as 500ms or 2s, from 1ms to 24h`,
	} {
		if _, err := Parse(text, ServeOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestNamed(t *testing.T) {
	for text, want := range map[string]bool{
		"cached": true, "cached:aside": true, "cached:8080": true, "cached://x": true, "http://cached": false, "cachd:aside": false, "": false, "127.0.0.1:80": false,
	} {
		if Named(text) != want {
			t.Errorf("Named(%q) = %v", text, !want)
		}
	}
}

func TestMix(t *testing.T) {
	for text, want := range map[string][]Request{
		"cached":               {{Method: "GET", Weight: 1}},
		"cached:ttl=2s":        {{Method: "GET", Weight: 1}},
		"cached:read-through":  {{Method: "GET", Weight: 0.95}, {Method: "PUT", Weight: 0.05}},
		"cached:mix=80/20":     {{Method: "GET", Weight: 0.8}, {Method: "PUT", Weight: 0.2}},
		"uncached:mix=0/100":   {{Method: "PUT", Weight: 1}},
		"cached:ttl,mix=100/0": {{Method: "GET", Weight: 1}},
		"pooled:size=2":        {{Method: "GET", Weight: 1}},
	} {
		target, err := Parse(text, ServeOptions{})
		if err != nil || len(target.Service.Requests) != len(want) {
			t.Errorf("%s: %+v, %v", text, target.Service.Requests, err)
			continue
		}
		for i, r := range target.Service.Requests {
			if r.Method != want[i].Method || r.Weight != want[i].Weight {
				t.Errorf("%s: request %d is %+v, want %+v", text, i, r, want[i])
			}
		}
	}
	read, write, _ := strings.Cut(summaryRequest.Path, "/summary")
	if law, ok := strings.CutSuffix(headlineRequest.Path, "/headline"); !ok || law != read || write != "" {
		t.Errorf("%s and %s draw their keys by two laws", summaryRequest.Path, headlineRequest.Path)
	}
}

func TestInEffect(t *testing.T) {
	for text, want := range map[string]string{
		"cached":              "ttl=2s size=10000 mix=100/0 db-rtt=0s",
		"cached:write-behind": "strategy=write-behind ttl=2s size=10000 mix=95/5 batch=100 interval=500ms queue=10000 flight=on lease=on negative=0s jitter=0% pause=0s warm=0 db-rtt=0s",
		"cached:swr,cold":     "strategy=swr ttl=2s size=10000 mix=95/5 window=2s flight=on lease=off negative=0s jitter=0% pause=0s warm=0 cold db-rtt=0s",
		"cached:none":         "strategy=none mix=95/5 db-rtt=0s",
		"pooled":              "db-rtt=0s",
		"pooled:size=3":       "size=3 db-rtt=0s",
		"reference":           "",
	} {
		target, err := Parse(text, ServeOptions{TTL: 2 * time.Second})
		if got := strings.Join(target.InEffect(), " "); err != nil || got != want {
			t.Errorf("%s: %s, %v: want %s", text, got, err, want)
		}
	}
}
