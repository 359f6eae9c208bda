package targets

import (
	"slices"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"pgregory.net/rapid"

	"github.com/seed-5a006608/bench/targets/cache"
	"github.com/seed-5a006608/bench/targets/reference"
)

func parse(args []string) (ServeOptions, error) {
	var o ServeOptions
	fs := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	o.Flags(fs)
	err := fs.Parse(args)
	return o, err
}

// What Start passes is what serve gets.
func TestArgsAreParsedBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[ -~]{1,12}`)
		duration := rapid.Int64Range(1, int64(time.Hour))
		o := ServeOptions{
			Addr:      word.Draw(t, "addr"),
			DB:        word.Draw(t, "db"),
			PoolSize:  rapid.IntRange(-5, 100).Draw(t, "pool size"),
			TTL:       time.Duration(duration.Draw(t, "ttl")),
			CacheSize: rapid.IntRange(1, 1e6).Draw(t, "cache size"),
			CacheDir:  word.Draw(t, "cache dir"),
			Pprof:     rapid.Bool().Draw(t, "pprof"),
			TLS:       rapid.Bool().Draw(t, "tls"),
			HTTP2:     rapid.Bool().Draw(t, "http2"),
			Dir:       word.Draw(t, "dir"),
			Kept:      word.Draw(t, "kept"),
			Lifeline:  rapid.IntRange(0, 1000).Draw(t, "lifeline"),
			Handicap: Handicap{
				Slow:     Part(rapid.IntRange(0, 500).Draw(t, "slow")) / 100,
				SlowTail: Part(rapid.IntRange(0, 500).Draw(t, "slow tail")) / 100,
				Fail:     Part(rapid.IntRange(0, 100).Draw(t, "fail")) / 100,
				Wait:     rapid.Bool().Draw(t, "wait"),
			},
			Reference: reference.Options{
				Service: reference.Service{Kind: reference.Exponential, Mean: time.Duration(duration.Draw(t, "mean"))},
				Workers: rapid.IntRange(0, 100).Draw(t, "workers"),
				Log:     word.Draw(t, "log"),
				Seed:    rapid.Uint64().Draw(t, "seed"),
				Bare:    rapid.Bool().Draw(t, "bare"),
				Freeze:  reference.Freeze{At: time.Duration(duration.Draw(t, "at")), For: time.Duration(duration.Draw(t, "for"))},
			},
		}
		got, err := parse(o.Args())
		if err != nil {
			t.Fatalf("%q: %v", o.Args(), err)
		}
		if !slices.Equal(got.Args(), o.Args()) || got.Reference != o.Reference || got.Handicap.Wait != o.Handicap.Wait || got.Dir != o.Dir || got.Kept != o.Kept || got.DB != o.DB || got.TTL != o.TTL || got.Pprof != o.Pprof || got.TLS != o.TLS || got.HTTP2 != o.HTTP2 {
			t.Fatalf("%q gave %+v, want %+v", o.Args(), got, o)
		}
	})
}

func TestDefaults(t *testing.T) {
	var zero ServeOptions
	if args := zero.Args(); len(args) != 0 {
		t.Errorf("arguments for the zero value: %q", args)
	}
	o, err := parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	if o.Addr != "127.0.0.1:0" || o.TTL != cache.DefaultTTL || o.CacheSize != cache.DefaultSize || o.Reference != (reference.Options{}) {
		t.Errorf("no arguments gave %+v", o)
	}
}

func TestFlagsRefuse(t *testing.T) {
	for arg, want := range map[string]string{
		"--service=20ms": `invalid argument "20ms" for "--service" flag: service "20ms": want fixed:DURATION or exp:DURATION, such as fixed:20ms`,
		"--slow=20":      `invalid argument "20" for "--slow" flag: "20": want a share such as 20%, of at most 10000%`,
		"--fail=-1%":     `invalid argument "-1%" for "--fail" flag: "-1%": want a share such as 20%, of at most 10000%`,
		"--slow=NaN%":    `invalid argument "NaN%" for "--slow" flag: "NaN%": want a share such as 20%, of at most 10000%`,
		"--freeze=5s":    `invalid argument "5s" for "--freeze" flag: freeze "5s": want AT,FOR, such as 5s,2s: after 5 s, for 2 s`,
	} {
		if _, err := parse([]string{arg}); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", arg, err, want)
		}
	}
}
