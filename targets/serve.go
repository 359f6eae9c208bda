package targets

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

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
	if err := o.check(); err != nil {
		return err
	}
	target, err := Parse(name, o)
	if err != nil {
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
	url := "http://" + ln.Addr().String()
	var config *tls.Config // settings of https; nil: plain http
	if o.TLS {
		if config, err = certified(ln, o, private); err != nil {
			return err
		}
		ln = tls.NewListener(ln, config)
		url = "https://" + ln.Addr().String()
	}
	if target.Service.Name == "reference" && o.Reference.Bare {
		return reference.ServeBare(ctx, ln, func() { ready(url) })
	}
	ctx, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	h, closeHandler, err := handler(ctx, target, private.Path, o, lost)
	if err != nil {
		var left *catalogue.LeftError
		if ctx.Err() == nil || errors.As(err, &left) {
			return err
		}
		return lostDatabase(ctx) // asked to stop before it was ready
	}
	defer func() { err = errors.Join(err, closeHandler()) }()
	h = web.Packed(o.Handicap.wrap(h))
	if o.HTTP3 {
		end, err := web.ServeHTTP3(ln.Addr(), config, h)
		if err != nil {
			return err
		}
		defer func() { _ = end() }()
	}
	err = web.Serve(ctx, ln, h, o.HTTP2, func() { ready(url) })
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

// OptionError is an error in the options of a service.
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
		return fmt.Errorf("pool-size must be above 0, got %d", o.PoolSize)
	case o.CacheSize < 0:
		return fmt.Errorf("cache-size must be above 0, got %d", o.CacheSize)
	case o.TTL < 0:
		return fmt.Errorf("ttl must be above 0, got %v", o.TTL)
	case o.Reference.Workers < 0:
		return fmt.Errorf("workers must be 0 (no limit) or more, got %d", o.Reference.Workers)
	case o.HTTP3 && !o.TLS:
		return errors.New("http3: HTTP/3 goes by TLS alone: give tls too")
	case o.Reference.Bare && (o.TLS || o.HTTP2):
		return errors.New("bare: such a server speaks HTTP/1.1 without TLS alone: leave tls and http2 out")
	case o.Reference.Bare && (o.Reference != reference.Options{Bare: true} || o.Handicap != Handicap{}):
		return errors.New("bare: such a server has no delays, workers, log, freeze or seed, and is never slower: leave those out")
	case o.Reference.Log != "" && o.Handicap != Handicap{}:
		return errors.New("log: the log would not say what slow, slow-tail and fail do to an answer: leave out one or the others")
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
		return fmt.Errorf("addr %s: write it as host:port, such as %s, which takes any free port", addr, defaultAddr)
	}
	return nil
}

// listen fails early if the address is taken, before anything is built.
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
		return nil, fmt.Errorf("addr %s: %w; %s takes any free port", addr, err, defaultAddr)
	}
	return ln, nil
}

// handler sets up a service with its files in dir. closeHandler undoes it when no request is served any more. lost is
// told why a server that the service needs has ended.
func handler(ctx context.Context, t Target, dir string, o ServeOptions, lost func(error)) (h http.Handler, closeHandler func() error, err error) {
	if t.Service.Name == "reference" {
		return referenceHandler(o.Reference, o.Pprof)
	}
	store, closeStore, err := openStore(ctx, t, dir, o, lost)
	if err != nil {
		return nil, nil, err
	}
	mux := web.NewMux(o.Pprof)
	measurePool(mux.Metrics, store)
	measureQueries(mux.Metrics, store)
	closeCache := func() error { return nil }
	switch {
	case t.Service.Name != "cached":
		handleCatalogue(mux, store, store, t.versions())
	case t.strategy == "":
		closeCache, err = handleCached(mux, store, t)
	default:
		closeCache, err = handleByStrategy(ctx, mux, store, t)
	}
	if err != nil {
		return nil, nil, errors.Join(err, closeStore())
	}
	return mux, func() error { return errors.Join(closeCache(), closeStore()) }, nil
}

// handleCached serves the catalogue behind the cache that no strategy was named for.
func handleCached(mux *web.Mux, store *catalogue.Store, t Target) (closeCache func() error, err error) {
	cached, err := cache.New(store, cache.Options{TTL: t.pages.TTL, Size: t.pages.Size})
	if err != nil {
		return nil, err
	}
	measureCache(mux.Metrics, "products", &cached.Products)
	measureCache(mux.Metrics, "summaries", &cached.Summaries)
	handleCatalogue(mux, cached, store, t.versions())
	return func() error { cached.Close(); return nil }, nil
}

// handleByStrategy serves the catalogue behind a caching strategy, once it is warm.
func handleByStrategy(ctx context.Context, mux *web.Mux, store *catalogue.Store, t Target) (closeCache func() error, err error) {
	cached, err := cache.NewByStrategy(store, t.pages)
	if err != nil {
		return nil, err
	}
	closeCache = func() error {
		patience, cancel := context.WithTimeout(context.Background(), flushGrace)
		defer cancel()
		return cached.Close(patience)
	}
	if err := cached.Warm(ctx, t.warm); err != nil {
		return nil, errors.Join(err, closeCache())
	}
	if t.strategy != "none" {
		measureCache(mux.Metrics, "products", &cached.Products)
		measureCache(mux.Metrics, "summaries", cached.Pages)
	}
	handleCatalogue(mux, cached, store, t.versions())
	return closeCache, nil
}

// flushGrace is the time for a cache to write its queue to the database when the service ends.
const flushGrace = time.Second

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
	return process.JoinPrivateDir(path)
}
