package targets

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"

	"github.com/spf13/pflag"

	"github.com/seed-5a006608/bench/targets/cache"
	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/process"
	"github.com/seed-5a006608/bench/targets/reference"
	"github.com/seed-5a006608/bench/targets/web"
)

// Serve serves the service of that name until ctx ends, or the lifeline does, and leaves nothing behind. ready is told
// the URL when requests are answered.
func Serve(ctx context.Context, name string, o ServeOptions, ready func(url string)) (err error) {
	if o.Lifeline != 0 {
		asked, held, stop, err := process.Lifeline(ctx, o.Lifeline)
		if err != nil {
			return err
		}
		defer stop()
		logForParent()
		ctx, o.Patience = asked, func() (context.Context, context.CancelFunc) { return held, func() {} }
	}
	if _, err := Find(name); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	ln, err := listen(ctx, o.Addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	private, err := privateDir(o.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, private.Remove()) }()
	if name == "reference" && o.Reference.Bare {
		return reference.ServeBare(ctx, ln, func() { ready("http://" + ln.Addr().String()) })
	}
	ctx, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	h, closeHandler, err := handler(ctx, name, private.Path, o, lost)
	if err != nil {
		var left *catalogue.LeftError
		if ctx.Err() == nil || errors.As(err, &left) {
			return err
		}
		return lostDatabase(ctx) // asked to stop before it was ready
	}
	defer func() { err = errors.Join(err, closeHandler()) }()
	err = web.Serve(ctx, ln, o.Handicap.wrap(h), func() { ready("http://" + ln.Addr().String()) })
	return errors.Join(err, lostDatabase(ctx))
}

// logForParent makes each kind of line that is logged one text, whenever it is written.
func logForParent() {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey && len(groups) == 0 {
				return slog.Attr{}
			}
			return a
		},
	})))
}

// OptionError says that options cannot be served with.
type OptionError struct{ error }

func (e *OptionError) Unwrap() error { return e.error }

func (o *ServeOptions) check() error {
	if err := o.fault(); err != nil {
		return &OptionError{err}
	}
	return nil
}

func (o *ServeOptions) fault() error {
	switch {
	case o.PoolSize < 0:
		return fmt.Errorf("--pool-size must be above 0, got %d", o.PoolSize)
	case o.CacheSize < 0:
		return fmt.Errorf("--cache-size must be above 0, got %d", o.CacheSize)
	case o.TTL < 0:
		return fmt.Errorf("--ttl must be above 0, got %v", o.TTL)
	case o.Reference.Workers < 0:
		return fmt.Errorf("--workers must be 0 (no limit) or more, got %d", o.Reference.Workers)
	case o.Reference.Bare && (o.Reference != reference.Options{Bare: true} || o.Handicap != Handicap{}):
		return errors.New("--bare: such a server has no delays, workers, log, freeze or seed, and is never slower: leave those flags out")
	case o.Reference.Log != "" && o.Handicap != Handicap{}:
		return errors.New("--log: the log would not say what --slow, --slow-tail and --fail do to an answer: leave out one or the others")
	}
	if err := checkAddr(o.Addr); err != nil {
		return err
	}
	if err := o.Handicap.check(); err != nil {
		return err
	}
	return CheckDB(o.DB)
}

// CheckGiven refuses the flags of [ServeOptions.Flags], or of the same names and types, that were given as 0: as a field, that
// means the default.
func CheckGiven(fs *pflag.FlagSet) error {
	for _, name := range []string{"pool-size", "cache-size", "ttl"} {
		f := fs.Lookup(name)
		if f == nil || !f.Changed {
			continue
		}
		if text := f.Value.String(); text == "0" || text == "0s" || text[0] == '-' {
			return fmt.Errorf("--%s must be above 0, got %s", name, text)
		}
	}
	return nil
}

// checkAddr tells an address that cannot be one from one that is taken.
func checkAddr(addr string) error {
	if addr == "" {
		return nil
	}
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return fmt.Errorf("--addr %s: write it as host:port, such as %s, which takes any free port", addr, defaultAddr)
	}
	return nil
}

// listen tells early that the address is taken, before anything is built.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	if addr == "" {
		addr = defaultAddr
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err
		}
		return nil, fmt.Errorf("--addr %s: %w; %s takes any free port", addr, err, defaultAddr)
	}
	return ln, nil
}

// handler sets up a service with its files in dir. closeHandler undoes it when no request is served any more. lost is
// told why a server that the service needs has ended.
func handler(ctx context.Context, name, dir string, o ServeOptions, lost func(error)) (h http.Handler, closeHandler func() error, err error) {
	if name == "reference" {
		return referenceHandler(o.Reference, o.Pprof)
	}
	store, closeStore, err := openStore(ctx, name, dir, o, lost)
	if err != nil {
		return nil, nil, err
	}
	mux := web.NewMux(o.Pprof)
	measurePool(mux.Metrics, store)
	if name != "cached" {
		handleCatalogue(mux, store)
		return mux, closeStore, nil
	}
	cached, err := cache.New(store, cache.Options{TTL: o.TTL, Size: o.CacheSize})
	if err != nil {
		return nil, nil, errors.Join(err, closeStore())
	}
	measureCache(mux.Metrics, "products", &cached.Products)
	measureCache(mux.Metrics, "summaries", &cached.Summaries)
	handleCatalogue(mux, cached)
	return mux, func() error {
		cached.Close()
		return closeStore()
	}, nil
}

func referenceHandler(o reference.Options, profilesForAll bool) (http.Handler, func() error, error) {
	s, err := reference.New(o)
	if err != nil {
		return nil, nil, err
	}
	mux := web.NewMux(profilesForAll)
	mux.HandleHTTP("/", s)
	mux.HandleHTTP("POST /log/flush", http.HandlerFunc(s.FlushLog))
	return s.Frozen(mux), s.Close, nil
}

func privateDir(path string) (*process.PrivateDir, error) {
	if path == "" {
		return process.NewPrivateDir()
	}
	return process.SharePrivateDir(path)
}
