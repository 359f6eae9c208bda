package targets

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/seed-5a006608/bench/targets/cache"
	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/reference"
)

const defaultAddr = "127.0.0.1:0"

// ServeOptions are the options of a bundled service. A zero field takes its default; a service ignores options for others.
type ServeOptions struct {
	Addr      string        // host:port to listen on; default 127.0.0.1:0, any free port
	DB        string        // the catalogue's database, see [CheckDB]; default an embedded SQLite
	PoolSize  int           // database connections; default one for each processor
	TTL       time.Duration // lifetime of cached answers; default 5 min
	CacheSize int           // cached answers of each kind; default 10,000
	CacheDir  string        // directory of the generated catalogue; default see [catalogue.File]
	TLS       bool          // https, with a certificate that nobody has signed
	HTTP2     bool          // HTTP/2 is offered too: in TLS, or, without it, to who begins with it (h2c)
	HTTP3     bool          // with TLS, HTTP/3 is offered too, at the same port over UDP
	Pprof     bool          // /debug/pprof answers other machines too
	Handicap  Handicap
	Reference reference.Options

	// Dir is a private directory made by the parent ([process.PrivateDir]); "" makes one.
	Dir string
	// Kept is a directory of data that outlive the service, made by [Keep]; "" has it make its own.
	Kept string
	// Lifeline is the inherited descriptor at whose end to stop, see [process.Lifeline]; 0 means none.
	Lifeline int

	// Progress gets a line for each slow step before the service is ready; may be nil.
	Progress func(line string)
	// Patience is called when the service begins a clean-up that others may block, such as dropping a schema on the user's
	// server. The clean-up is repeated until the returned context ends. nil means: one try. A child uses its parent's.
	Patience func() (context.Context, context.CancelFunc)
}

// Flags defines a flag for each option on fs, so that parsing sets o. It is the other half of Args.
func (o *ServeOptions) Flags(fs *pflag.FlagSet) {
	fs.StringVar(&o.Addr, "addr", defaultAddr, "`host:port` to listen on; port 0 is any free one")
	fs.StringVar(&o.DB, "db", "", DBUsage)
	fs.IntVar(&o.PoolSize, "pool-size", 0, "database connections (default one for each processor)")
	fs.DurationVar(&o.TTL, "ttl", cache.DefaultTTL, "how long an answer stays cached")
	fs.IntVar(&o.CacheSize, "cache-size", cache.DefaultSize, "how many answers of each kind are cached")
	fs.StringVar(&o.CacheDir, "cache-dir", "", "`directory` to keep the generated catalogue in (default $"+catalogue.CacheDirVar+", else the user's cache directory)")
	fs.BoolVar(&o.TLS, "tls", false, "serve https, with a certificate for this machine alone that nobody has signed")
	fs.BoolVar(&o.HTTP2, "http2", false, "offer HTTP/2 beside HTTP/1.1: in TLS, or without it to who begins with it (h2c)")
	fs.BoolVar(&o.HTTP3, "http3", false, "with --tls, offer HTTP/3 too, at the same port over UDP")
	fs.BoolVar(&o.Pprof, "pprof", false, "offer /debug/pprof to other machines too, instead of to this one alone")
	fs.Var(&o.Handicap.Slow, "slow", "every answer takes longer by a `share`, such as 20%, to test what must notice it")
	fs.Var(&o.Handicap.SlowTail, "slow-tail", "the slowest 3 % of the answers take longer by a `share`")
	fs.Var(&o.Handicap.Fail, "fail", "a `share` of the requests fails with status 500")
	fs.BoolVar(&o.Handicap.Wait, "slow-by-waiting", false, "wait for --slow and --slow-tail, instead of spending processor time")
	fs.Var(&o.Reference.Service, "service", "delays of the reference server, as `fixed:20ms or exp:10ms`")
	fs.IntVar(&o.Reference.Workers, "workers", 0, "requests the reference server serves at once, 0 for no limit")
	fs.StringVar(&o.Reference.Log, "log", "", "`file` in which the reference server logs every delay it took")
	fs.Var(&o.Reference.Freeze, "freeze", "freeze the reference server after a time, for a time, as `5s,2s`")
	fs.BoolVar(&o.Reference.Bare, "bare", false, "have the reference server answer at once with next to no work, as a ceiling for load generators")
	fs.Uint64Var(&o.Reference.Seed, "seed", 0, "of the reference server's exponential delays")
	fs.StringVar(&o.Dir, "dir", "", "private directory made by the parent")
	fs.IntVar(&o.Lifeline, "lifeline", 0, "descriptor at whose end to stop")
	fs.StringVar(&o.Kept, "kept", "", "directory of data that outlive the service")
	for _, internal := range []string{"dir", "kept", "lifeline"} {
		fs.Lookup(internal).Hidden = true
	}
}

// Args returns the arguments that, parsed by Flags, give o again, but for Progress and Patience. Defaults are left out.
func (o *ServeOptions) Args() []string {
	var args []string
	add := func(name, value, zero string) {
		if value != zero {
			args = append(args, "--"+name+"="+value)
		}
	}
	add("addr", o.Addr, "")
	add("db", o.DB, "")
	add("pool-size", strconv.Itoa(o.PoolSize), "0")
	add("ttl", o.TTL.String(), "0s")
	add("cache-size", strconv.Itoa(o.CacheSize), "0")
	add("cache-dir", o.CacheDir, "")
	add("tls", strconv.FormatBool(o.TLS), "false")
	add("http2", strconv.FormatBool(o.HTTP2), "false")
	add("http3", strconv.FormatBool(o.HTTP3), "false")
	add("pprof", strconv.FormatBool(o.Pprof), "false")
	add("slow", o.Handicap.Slow.String(), "0%")
	add("slow-tail", o.Handicap.SlowTail.String(), "0%")
	add("fail", o.Handicap.Fail.String(), "0%")
	add("slow-by-waiting", strconv.FormatBool(o.Handicap.Wait), "false")
	if o.Reference.Service != (reference.Service{}) {
		add("service", o.Reference.Service.String(), "")
	}
	add("workers", strconv.Itoa(o.Reference.Workers), "0")
	add("log", o.Reference.Log, "")
	add("freeze", o.Reference.Freeze.String(), "")
	add("bare", strconv.FormatBool(o.Reference.Bare), "false")
	add("seed", strconv.FormatUint(o.Reference.Seed, 10), "0")
	add("dir", o.Dir, "")
	add("kept", o.Kept, "")
	add("lifeline", strconv.Itoa(o.Lifeline), "0")
	return args
}
