package main

import (
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/targets"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// driveOptions are the flags of the commands that drive load.
type driveOptions struct {
	loadFlags
	requestFlags
	base      loadgen.Plan // the part of every plan that comes straight from flags
	judging   judgeOptions
	abort     abortOptions
	slo       []string             // a gate's --slo
	serving   targets.ServeOptions // options of bundled services
	link      string               // between bench and bundled services
	cpus      string
	before    string
	after     string
	profiling profilingOptions
	outputs   []string
	quiet     bool
	noSave    bool
	verbose   bool
	print     bool
	dryRun    bool

	given *pflag.FlagSet // to tell a flag that was given from its default
}

// loadFlags are the flags for the amount of load over time.
type loadFlags struct {
	rate      string
	peak      string
	duration  time.Duration
	ownLength bool // the profile's length is the user's own: --requests does not change it
	warmUp    time.Duration
	stages    []string
	arrivals  string
	vus       int
	vuStages  []string
	think     string
	start     string
}

// requestFlags are the flags for requests and for the checks of answers.
type requestFlags struct {
	limits     profiles.Limits
	file       string   // test file
	names      []string // names of the targets
	headers    []string
	user       string
	method     string
	headerCase string
	body       string
	template   string // template of the body
	targets    string
	http       string // version of HTTP
	accept     string // codings of bodies
	resume     string // whether TLS sessions are taken up again: on or off
	order      string // order of the requests in a targets file or a test file
	group      string
	expect     []string
	hitWhen    string
}

func (o *driveOptions) addFlags(f *pflag.FlagSet) {
	o.given = f
	f.SortFlags = false
	f.StringVarP(&o.rate, "rate", "r", "", "offered rate, such as 500/s: the baseline's, or without one the highest; max: as fast as it goes, over --connections")
	f.StringVar(&o.peak, "peak", "", "highest rate: 2000/s, or 10x the baseline's")
	f.DurationVarP(&o.duration, "duration", "d", 0, "length of the whole profile; its phases are scaled")
	f.DurationVar(&o.warmUp, "warm-up", 0, "a warm-up in front that is never judged, instead of the profile's own")
	f.StringArrayVarP(&o.stages, "stage", "s", nil, "a profile of your own: 30s:500/s goes to 500/s in 30 s (repeatable; the first holds)")
	f.StringVar(&o.arrivals, "arrivals", "", "even or poisson, instead of the profile's")
	f.IntVar(&o.vus, "vus", 0, "closed model: so many users, each waiting for its answer")
	f.StringArrayVar(&o.vuStages, "vus-stage", nil, "closed model: 30s:20 goes to 20 users in 30 s (repeatable; begins with --vus, or 1)")
	f.StringVar(&o.think, "think", "", "closed model: how long a user thinks between answer and request: 1s or fixed:1s, 1s±50%, exp:1s or 1s..3s")
	f.StringVar(&o.start, "start", "", "closed model: how users who think begin: spread over one think time, or together (default spread; in a test file of version 1, together)")
	f.Uint64VarP(&o.limits.Requests, "requests", "n", 0, "end after so many requests, warm-up included, or with the profile if that is sooner")
	o.addJourneysFlag(f)
	o.addTargetsFlag(f)
	o.addRequestFlags(f)
	o.judging.addFlags(f)
	o.abort.addFlags(f)
	o.profiling.addFlags(f)
	o.addAroundFlags(f)
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "also write kind=path, - for stdout (repeatable); kinds: "+kinds(runsShown.formats))
	f.BoolVarP(&o.verbose, "verbose", "v", false, "show everything that was measured")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "nothing on stderr but warnings and errors")
	f.BoolVar(&o.noSave, "no-save", false, "do not keep the run under .bench/")
	f.BoolVar(&o.dryRun, "dry-run", false, "show the intended curve and the first requests, and send nothing")
	f.BoolVar(&o.print, "print", false, "print the profile as a file to edit and run, and do nothing else")
}

// addJourneysFlag adds the flag that bounds the journeys in progress.
func (o *driveOptions) addJourneysFlag(f *pflag.FlagSet) {
	f.IntVar(&o.base.Limits.Journeys, "max-journeys", 0, "most journeys in progress at once (default 200,000, less where memory is short): one more is not begun, which makes the run GENERATOR-LIMITED")
}

// addTargetsFlag adds the flags of a targets file to a command that drives it beside its targets.
func (o *driveOptions) addTargetsFlag(f *pflag.FlagSet) {
	f.StringVarP(&o.targets, "targets", "T", "", "drive the requests in a file in vegeta's http or json format; - for standard input")
	o.addSequenceFlags(f)
}

// addAroundFlags adds the flags that give commands of the user's to run around the driving of each target.
func (o *driveOptions) addAroundFlags(f *pflag.FlagSet) {
	f.StringVar(&o.before, "before", "", "command to run before each target is driven; it finds the target in BENCH_TARGET and BENCH_URL")
	f.StringVar(&o.after, "after", "", "command to run after each target was driven")
}

// addSequenceFlags adds the flags that say how the requests of a file follow each other and are counted.
func (o *driveOptions) addSequenceFlags(f *pflag.FlagSet) {
	f.StringVar(&o.order, "order", "", "of a file's requests: sequential, as they stand and round again, or random, each drawn anew (default: sequential with -T)")
	f.StringVar(&o.group, "group", "", "endpoints of a targets file: pattern, lines of one name are one and over 32 names are grouped, as in /item/{n}; name, without patterns; never, a line each (default pattern)")
}

// addRequestFlags adds the flags that say how requests are made and how bundled services are served.
func (o *driveOptions) addRequestFlags(f *pflag.FlagSet) {
	f.StringArrayVar(&o.names, "name", nil, "what a target is called in reports, files and checks, wherever it is (once for each target, in their order)")
	f.IntVarP(&o.limits.Connections, "connections", "c", 0, "most connections open at once (default 256)")
	f.BoolVar(&o.limits.NoKeepAlive, "no-keepalive", false, "a new connection for each request")
	f.DurationVar(&o.base.Limits.ConnAge, "max-conn-age", 0, "HTTP/1.1: a connection that is older carries no further request, so that new servers get some")
	f.Uint32Var(&o.base.Limits.ConnRequests, "max-conn-requests", 0, "HTTP/1.1: a connection carries so many requests")
	f.StringArrayVarP(&o.headers, "header", "H", nil, `request header, as in "Accept: text/html" (repeatable)`)
	f.StringVar(&o.headerCase, "header-case", headersKept, "how header names are sent over HTTP/1.1: kept, as they are written, or canonical, as in X-Api-Key")
	f.StringVar(&o.accept, "accept-encoding", "", "ask for packed bodies: gzip, zstd, or both, or identity; bytes are counted as they come")
	f.StringVarP(&o.user, "user", "u", "", "NAME:PASSWORD of basic authentication; may hold ${env:NAME} or ${file:PATH}")
	f.StringVarP(&o.method, "method", "X", "", "request method (default GET)")
	f.StringVarP(&o.body, "body", "b", "", "request body, which may hold values; @file sends the bytes of a file as they are")
	f.StringVar(&o.template, "body-template", "", "request body whose values are drawn, from a file too: @file")
	f.StringArrayVar(&o.expect, "expect", nil, "what an answer must be to be a success: status=200, body~REGEXP, header:NAME~REGEXP or json:PATH=TEXT (repeatable)")
	f.StringVar(&o.hitWhen, "hit-when", "", "header that tells a cache hit, as HEADER~REGEXP (default: X-Cache, CF-Cache-Status, Age)")
	f.BoolVarP(&o.base.TLS.Insecure, "insecure", "k", false, "do not verify the server's certificate")
	f.StringVar(&o.base.TLS.CertFile, "cert", "", "client certificate, a PEM file")
	f.StringVar(&o.base.TLS.KeyFile, "key", "", "the certificate's key, a PEM file")
	f.StringVar(&o.resume, "tls-resume", "off", "https: on, new connections take up the session of an earlier one; off, each begins its own")
	f.StringVar(&o.base.TLS.CAFile, "cacert", "", "certificates to trust instead of the system's, a PEM file")
	f.DurationVar(&o.limits.Timeout, "timeout", loadgen.DefaultTimeout, "longest time from the send to the last byte")
	f.DurationVar(&o.limits.Drain, "drain", 0, "how long answers are awaited after the last request was due (default --timeout)")
	f.DurationVar(&o.limits.Deadline, "deadline", 0, "shed requests that are older than this before they could be sent")
	f.StringVar(&o.http, "http", "auto", "version of HTTP: 1.1, 2, 3, or auto, which is what a server of https prefers, and HTTP/1.1 without TLS")
	f.StringVar(&o.base.Engine, "engine", "", "what sends the requests: "+strings.Join(loadgen.Engines(), " or ")+" (default: the one that suits the target)")
	f.IntVar(&o.base.Wire.Loops, "loops", 1, "wire engine: event loops, each on a thread of its own, that share the requests")
	f.IntVar(&o.base.Wire.Connections, "h2-connections", 0, "wire engine, --http 2: connections that carry the requests (default: as few as the load and the server's limit allow)")
	o.base.Wire.Spin = new(time.Duration)
	f.DurationVar(o.base.Wire.Spin, "spin", runfile.DefaultSpin, "wire engine: longest spin before a request is due, to send it in time; 0: none")
	f.StringVar(&o.base.ConnectTo, "connect-to", "", "connect to HOST:PORT or unix:PATH instead of the URL's host, which the requests still name")
	f.IntVar(&o.base.Follow.Most, "follow", 0, "follow so many redirects of a request, to its own scheme, host and port; it is timed to the last answer")
	f.StringSliceVar(&o.base.Follow.Hosts, "follow-hosts", nil, "follow redirects to these hosts too, as in a.test,b.test:8080")
	f.StringVar(&o.base.TLS.SNI, "sni", "", "https: name of the server to ask for, and that its certificate must be for, instead of the URL's host")
	f.DurationVar(&o.base.Wire.DNSTTL, "dns-ttl", 0, "look the hosts' names up again after so long (default: never during a run)")
	f.Uint64Var(&o.base.Seed, "seed", 1, "seed of arrivals, endpoints and keys")
	f.StringVar(&o.cpus, "cpus", "split", "split: a bundled target and bench each get processors of their own; shared: neither is pinned")
	f.BoolVar(&o.serving.TLS, "tls", false, "bundled services serve https, with a certificate made for the run, which the run alone trusts")
	f.StringVar(&o.link, "link", "", "put a distance between bench and bundled services, as in delay=40ms,jitter=5ms,rate=10Mbit,reset=0.1%, or with --http 3 loss=1%")
	f.StringVar(&o.serving.DB, "db", "", targets.DBUsage)
	f.IntVar(&o.serving.PoolSize, "pool-size", 0, "database connections of the bundled services that pool them (default one for each processor)")
	f.DurationVar(&o.serving.TTL, "ttl", 0, "how long the bundled cached service keeps an answer (default 5m)")
	f.IntVar(&o.serving.CacheSize, "cache-size", 0, "how many answers of each kind the bundled cached service keeps (default 10000)")
}

// driveCommands returns a command for each built-in profile that is one.
func driveCommands(s streams) []*cobra.Command {
	var list []*cobra.Command
	for _, name := range profiles.Commands() {
		description := profiles.Description(name)
		var o driveOptions
		c := &cobra.Command{
			Use: name + " [TARGET...]", Short: "Drive " + description, GroupID: "drive",
			Long: "Drive " + description + `.

A TARGET is the name of a bundled service (bench list) or a URL, whose path and query may hold values drawn
for each request: {{zipf 1000 1.1}}, {{uniform 1 1000}}, {{seq}}, {{uuid}}, {{now}}, {{pick a b}},
{{csv FILE COLUMN}}. Where values are drawn, {{{{ stands for {{ itself.
Several are driven one after the other and shown side by side; without one, cached and uncached are.`,
			Example: examples[name],
			RunE: func(cmd *cobra.Command, args []string) error {
				source, _ := profiles.Builtin(name)
				file, err := profiles.Parse(name, source)
				if err != nil {
					panic(err) // embedded, and parsed by a test
				}
				return o.run(cmd.Context(), "bench "+name, file, source, args, s)
			},
		}
		o.addFlags(c.Flags())
		o.addFileFlag(c.Flags(), "take target, requests or journeys, expect, hit_when, origin and limits of a test file; bench run takes all of it")
		list = append(list, c)
	}
	return list
}

var examples = map[string]string{
	"spike": `  bench spike                                    cached and uncached, side by side
  bench spike uncached --peak 400/s              a spike that it can almost carry
  bench spike 'http://127.0.0.1:8080/item/{{zipf 1000 1.1}}' --rate 50/s --peak 20x
  bench spike -f shop.yaml --peak 10x            what a test file asks, its journeys too`,
	"ramp": `  bench ramp uncached --rate 300/s               from nothing to 300/s
  bench ramp http://127.0.0.1:8080 -r 2000/s -d 2m`,
	"sustained": `  bench sustained http://127.0.0.1:8080 -r 1000/s -d 10s
  bench sustained pooled unpooled -r 200/s       the price of a new connection for each query
  bench sustained pooled unpooled --db postgres  the same on a PostgreSQL server of its own
  bench sustained cached --rate max -c 32        closed model, as fast as it goes`,
	"step": `  bench step uncached                            a staircase: at which step does it stop keeping up?
  bench step http://127.0.0.1:8080 -r 5000/s -d 1m`,
	"soak": `  bench soak http://127.0.0.1:8080 -r 200/s -d 1h   does it leak?`,
}

func newRunCommand(s streams) *cobra.Command {
	o := driveOptions{loadFlags: loadFlags{ownLength: true}}
	c := &cobra.Command{
		Use: "run FILE [TARGET...]", Short: "Drive the profile in a file", GroupID: "drive",
		Long: `Drive the profile in a file: what --print of a driving command writes, edited. FILE may also be the name of a
built-in profile (bench list), such as burst or sine. TARGETs given win over the file's.`,
		Example: `  bench spike --print > my.yaml && bench run my.yaml
  bench run burst uncached --peak 300/s`,
		Args: args(1, -1, "a FILE and any number of TARGETs"),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, source, err := readProfile(args[0])
			if err != nil {
				return asUsage(err)
			}
			return o.run(cmd.Context(), "bench run "+args[0], file, source, args[1:], s)
		},
	}
	o.addFlags(c.Flags())
	return c
}
