package loadgen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/consistency"
	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// ReadBack is how keys are read at a service's origin, past every cache. The zero value means: not read.
type ReadBack struct {
	URL    string        // URL of a key, with [profiles.OriginKey] in its place
	Settle time.Duration // time after which every write that was answered is at the origin
}

// DefaultSettle is the time after which the writes of a service of the user's are taken to be at its origin.
const DefaultSettle = time.Second

// The bounds on reading keys back.
const (
	maxReadBack  = 10_000 // keys; of more so many are drawn
	readsAtOnce  = 8
	readPatience = 5 * time.Second // for one key
	readsTake    = time.Minute     // for all
)

// Check returns what keeps keys from being read, or nil. It repeats nothing that may be a secret.
func (b ReadBack) Check() error {
	if b == (ReadBack{}) {
		return nil
	}
	u, err := url.Parse(b.of("0"))
	switch {
	case strings.Count(b.URL, profiles.OriginKey) != 1:
		return fmt.Errorf("it must hold %s once, where the key stands", profiles.OriginKey)
	case err != nil:
		return errors.New("it is no URL")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return fmt.Errorf("it must be a URL such as http://127.0.0.1:8080/items/%s", profiles.OriginKey)
	}
	return nil
}

// of is the URL of a key.
func (b ReadBack) of(key string) string {
	at := strings.Index(b.URL, profiles.OriginKey)
	if at < 0 {
		return b.URL
	}
	escaped := url.PathEscape(key)
	if strings.Contains(b.URL[:at], "?") {
		escaped = url.QueryEscape(key)
	}
	return b.URL[:at] + escaped + b.URL[at+len(profiles.OriginKey):]
}

// ReadsBack reports whether the job knows how a key is read at the origin and which version is there.
func (j *Job) ReadsBack() bool { return j.Plan.ReadBack != (ReadBack{}) && j.versionRead() != nil }

// checkLost refuses a threshold on lost writes where none could be told.
func (j *Job) checkLost() error {
	for _, t := range j.Plan.judged() {
		if t.Metric == runfile.MetricLost && !(j.ReadsBack() && j.Writes()) {
			return fmt.Errorf("%s: no write is read back, so none is known to be lost: give consistency and origin.url in a test file, or name a caching strategy (bench help caching)",
				strconv.Quote(runfile.Excerpt(t.Text)))
		}
	}
	return nil
}

// ReadsVersions reports whether a request reads versions.
func (j *Job) ReadsVersions() bool { return j.mix.ReadsVersions() }

// Writes reports whether a request writes versions.
func (j *Job) Writes() bool {
	return slices.ContainsFunc(j.mix.Requests, func(c request.CompiledRequest) bool { return c.Consistency != nil && c.Consistency.Write })
}

// versionRead is the first request that reads versions; nil: no request does.
func (j *Job) versionRead() *request.CompiledRequest {
	for i := range j.mix.Requests {
		if c := &j.mix.Requests[i]; c.Consistency != nil && !c.Consistency.Write {
			return c
		}
	}
	return nil
}

// LostWrites waits for what the origin needs to settle, reads the keys that were written there and says which of the writes that
// the ledger knows are certainly not there. Nothing of them is sent any more since ended; ages are told until died, when the
// service was killed or its run ended. It returns an error if it could read no key at all.
func (j *Job) LostWrites(ctx context.Context, l *consistency.Ledger, died, ended time.Time) (*runfile.Lost, error) {
	settled := time.NewTimer(j.Plan.ReadBack.Settle)
	defer settled.Stop()
	select {
	case <-settled.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	keys, all := l.Written(maxReadBack, j.Plan.Seed)
	found, err := j.readBack(ctx, keys)
	if len(found) == 0 && len(keys) > 0 {
		return nil, fmt.Errorf("no key could be read at the origin: %w", err)
	}
	lost := &runfile.Lost{Keys: uint64(len(keys)), Of: uint64(all), NotJudged: uint64(len(keys) - len(found))}
	for _, g := range l.GoneBack(found, l.At(ended)) {
		switch {
		case g.NotJudged:
			lost.NotJudged++
		case g.Again:
			lost.Again++
		case len(g.Lost) > 0:
			lost.GoneBack++
			lost.Writes += uint64(len(g.Lost))
		}
		for _, age := range g.Lost {
			lost.AgeMaxNS = max(lost.AgeMaxNS, age-ended.Sub(died))
		}
	}
	return lost, nil
}

// readBack reads keys at the origin, as far as they can be read. The error says why the first could not.
func (j *Job) readBack(ctx context.Context, keys []string) (found []consistency.Found, err error) {
	ctx, cancel := context.WithTimeout(ctx, readsTake)
	defer cancel()
	client := &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: j.tls.Clone(), ForceAttemptHTTP2: true,
			MaxConnsPerHost: readsAtOnce, MaxIdleConnsPerHost: readsAtOnce, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       readPatience,
	}
	defer client.CloseIdleConnections()
	list, failures, asked := make([]consistency.Found, len(keys)), make([]error, len(keys)), make(chan int)
	var reading sync.WaitGroup
	for range readsAtOnce {
		reading.Go(func() {
			for i := range asked {
				list[i].Key = keys[i]
				list[i].Version, failures[i] = j.readKey(ctx, client, keys[i])
			}
		})
	}
	for i := range keys {
		asked <- i
	}
	close(asked)
	reading.Wait()
	for i, failure := range failures {
		switch {
		case failure == nil:
			found = append(found, list[i])
		case err == nil:
			err = failure
		}
	}
	return found, err
}

// readKey reads the version that a key has at the origin, with the header of a request that reads one: who may read the service may
// read its origin.
func (j *Job) readKey(ctx context.Context, client *http.Client, key string) (v consistency.Version, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, j.Plan.ReadBack.of(key), nil)
	if err != nil {
		return v, errors.New("its URL is no URL") // the error would repeat it
	}
	read := j.versionRead()
	r.Header = read.Header.Render(0, time.Now()).Clone()
	if host := r.Header.Get("Host"); r.URL.Host == read.Host {
		r.Host = host
	}
	for name := range r.Header { // what would have it answer without a version
		if known := http.CanonicalHeaderKey(name); strings.HasPrefix(known, "If-") || known == "Range" {
			delete(r.Header, name)
		}
	}
	answer, err := client.Do(r)
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err // without the URL
		}
		return v, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, request.MaxExpectedBody))
	switch {
	case err != nil:
		return v, err
	case answer.StatusCode < 200 || answer.StatusCode > 299:
		return v, fmt.Errorf("it answered status %d", answer.StatusCode)
	}
	text, ok := read.Consistency.Version.FromAnswer(exchange.Header{Fields: answer.Header}, body)
	if !ok {
		return v, errors.New("its answer has no version where a read's has one")
	}
	return consistency.ParseVersion(text), nil
}
