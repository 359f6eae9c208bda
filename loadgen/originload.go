package loadgen

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/counter"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// OriginCounter is the place where a service counts the statements of its origin, such as a database. The zero value means: there
// is no counter.
type OriginCounter struct {
	Metrics string // URL of a page of Prometheus' metrics
	Counter string // name of the counter, whose series are added up

	// ByWork says that the counter has a label "for", of load, write, flush or background, and others that are not counted.
	ByWork bool
}

// Check returns what keeps the counter from being read, or nil. It repeats nothing that may be a secret.
func (o OriginCounter) Check() error {
	if o == (OriginCounter{}) {
		return nil
	}
	if err := counter.Check(o.Metrics); err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	if err := counter.CheckName(o.Counter); err != nil {
		return fmt.Errorf("counter: %w", err)
	}
	return nil
}

// originLoad reads the counter of the origin while a run goes on. A nil one reads nothing.
type originLoad struct {
	OriginCounter
	client *counter.Client
	epoch  time.Time

	mu       sync.Mutex
	readings []originReading // in order; the first is where what is measured begins, others are of full seconds
	last     originReading   // the reading at the end
	problem  string          // why one of the two is missing
}

// originReading is the counter as it stood at an instant.
type originReading struct {
	at         time.Duration
	statements uint64
	work       runfile.OriginWork
}

// endPatience is for how long the last reading of an interrupted run is awaited.
const endPatience = time.Second

// originLoad reads the counter for the first time: what cannot be read before a run is an error.
func (r *recording) originLoad(ctx context.Context) (*originLoad, error) {
	if r.plan.Origin == (OriginCounter{}) {
		return nil, nil
	}
	client, err := counter.New(r.plan.Origin.Metrics, r.plan.Origin.Counter, r.tls)
	if err != nil {
		return nil, fmt.Errorf("origin: %w", err)
	}
	l := &originLoad{OriginCounter: r.plan.Origin, client: client, epoch: time.Now()}
	first, err := l.read(ctx)
	if err != nil {
		client.Close()
		return nil, fmt.Errorf("the origin's counter cannot be read: %w", err)
	}
	first.at = 0
	l.readings = append(l.readings, first)
	return l, nil
}

func (l *originLoad) close() {
	if l != nil {
		l.client.Close()
	}
}

func (l *originLoad) read(ctx context.Context) (reading originReading, err error) {
	began := time.Since(l.epoch)
	series, err := l.client.Read(ctx)
	reading.at = (began + time.Since(l.epoch)) / 2
	for _, s := range series {
		work := &reading.work
		into := map[string]*uint64{"load": &work.Loads, "write": &work.Writes, "flush": &work.Flushes, "background": &work.Background}[s.Labels["for"]]
		switch {
		case !l.ByWork:
			reading.statements += uint64(s.Value)
		case into != nil:
			*into += uint64(s.Value)
			reading.statements += uint64(s.Value)
		}
	}
	return reading, err
}

// follow begins to read the counter: where what is measured begins and ends, and at each full second between where seconds says so.
// What it returns tells what was asked until the cut, for which it reads the counter where the run was cut early.
func (l *originLoad) follow(ctx context.Context, epoch time.Time, from, until time.Duration, seconds bool) (finish func(cut time.Duration) *runfile.Origin) {
	if l == nil {
		return func(time.Duration) *runfile.Origin { return nil }
	}
	l.epoch = epoch
	over, stop := context.WithCancel(ctx)
	var following sync.WaitGroup
	following.Go(func() { l.readOn(over, from, until, seconds) })
	return func(cut time.Duration) *runfile.Origin {
		defer stop()
		if cut < until {
			stop()
		}
		following.Wait()
		if cut < until && l.problem == "" {
			l.readLast(ctx)
		}
		first, last := l.readings[0], l.last
		if l.problem == "" && (first.at < from || last.at <= first.at) {
			l.problem = "the run ended before anything was measured"
		}
		if l.problem != "" {
			return &runfile.Origin{Source: runfile.OriginCounter, Counter: l.Counter, Problem: l.problem}
		}
		return l.between(first, last)
	}
}

// readLast reads the counter where a run was cut.
func (l *originLoad) readLast(ctx context.Context) {
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), endPatience)
		defer cancel()
	}
	var err error
	if l.last, err = l.read(ctx); err != nil {
		l.problem = err.Error()
	}
}

// readOn reads the counter at an instant, whose reading is then the first, at the full seconds after it where they are wanted, and
// for the last time at another instant, unless ctx is done before.
func (l *originLoad) readOn(ctx context.Context, from, until time.Duration, seconds bool) {
	for at := from; at <= until; {
		timer := time.NewTimer(time.Until(l.epoch.Add(at)))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
		if at > 0 { // else it was read before the run
			reading, err := l.read(ctx)
			if !l.keep(reading, err, at == from, at == until) {
				return
			}
		}
		next := max(at, time.Since(l.epoch)).Truncate(time.Second) + time.Second
		if !seconds || next > until {
			next = until
		}
		if at == until {
			return
		}
		at = next
	}
}

// keep keeps a reading. It is false where there is nothing to be told any more.
func (l *originLoad) keep(reading originReading, err error, first, last bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err != nil && (first || last):
		l.problem = err.Error()
		return false
	case err != nil:
	case first:
		l.readings[0] = reading
	case last:
		l.last = reading
	default:
		l.readings = append(l.readings, reading)
	}
	return true
}

// between is what was asked between two readings.
func (l *originLoad) between(a, b originReading) *runfile.Origin {
	o := &runfile.Origin{Source: runfile.OriginCounter, Counter: l.Counter, LengthNS: b.at - a.at, Statements: b.statements - a.statements}
	x, y := a.work, b.work
	if b.statements < a.statements || y.Loads < x.Loads || y.Writes < x.Writes || y.Flushes < x.Flushes || y.Background < x.Background {
		o.Statements, o.Problem = 0, fmt.Sprintf("its counter went from %d back to %d: the service was started anew", a.statements, b.statements)
		return o
	}
	if l.ByWork {
		o.Work = &runfile.OriginWork{Loads: y.Loads - x.Loads, Writes: y.Writes - x.Writes, Flushes: y.Flushes - x.Flushes, Background: y.Background - x.Background}
	}
	return o
}

// within is what was asked between two full seconds, as far as it was read then; nil: it was not.
func (l *originLoad) within(from, to time.Duration) *runfile.Origin {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	first := slices.IndexFunc(l.readings, func(r originReading) bool { return r.at >= from })
	last := len(l.readings) - 1
	for last >= 0 && l.readings[last].at > to+settle {
		last--
	}
	if first < 0 || last <= first {
		return nil
	}
	return l.between(l.readings[first], l.readings[last])
}

// measuredFrom is the start of the first phase after the warm-up.
func (r *recording) measuredFrom() time.Duration {
	for i, p := range r.plan.Profile.Phases {
		if p.Kind != profiles.Warmup {
			return r.layout.spans[i].Start
		}
	}
	return r.layout.length
}

// judgesOrigin reports whether a condition to abort on is about the origin.
func (r *recording) judgesOrigin() bool {
	return slices.ContainsFunc(r.conditions, func(c *condition) bool { return c.Metric == runfile.MetricOrigin })
}
