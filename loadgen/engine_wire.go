package loadgen

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/wire"
)

// runWire drives the recording's plan with the wire engine, one loop a shard. Instant 0 is epoch.
func (r *recording) runWire(ctx context.Context, epoch time.Time, origins []*wire.Origin) (ending, error) {
	loops := len(r.shards)
	requests, err := wireRequests(r.mix, r.plan.Limits.NoKeepAlive)
	if err != nil {
		return ending{}, err
	}
	// A loop keeps its processor while it waits; one is left for all else.
	if runtime.GOMAXPROCS(0) <= loops {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(loops + 1))
	}
	ends, errs := make([]exchange.End, loops), make([]error, loops)
	var running sync.WaitGroup
	defer r.following(ctx)()
	for i := range loops {
		c := wire.Config{Config: r.config(epoch, i), Spin: *r.plan.Wire.Spin, Origins: origins, Endpoints: len(r.mix.Requests)}
		source := &wireSource{numbers: r.numbers(i), mix: r.mix, requests: requests, epoch: epoch, book: r.bookOf(i)}
		running.Go(func() { ends[i], errs[i] = wire.Run(ctx, c, source, r.sink(i)) })
	}
	running.Wait()
	for i := range loops {
		if errs[i] != nil {
			return ending{}, errs[i]
		}
	}
	return joinEnds(ends, r.layout.end()), nil
}

// joinEnds makes one ending of the loops'. They notice an interrupt one after the other; the run is cut where the last one
// noticed it, for until then some of what was due was sent. A loop that had nothing left to do then noticed none.
func joinEnds(ends []exchange.End, length time.Duration) (e ending) {
	for _, end := range ends {
		e.at = max(e.at, end.At)
		if end.Cut < length {
			e.cut = max(e.cut, end.Cut)
		}
		e.loops = append(e.loops, loopEnd{end.Next, end.FreeSince, end.Stopped})
	}
	if e.cut == 0 && !slices.ContainsFunc(ends, func(end exchange.End) bool { return end.Cut < length }) {
		e.cut = length
	}
	return e
}
