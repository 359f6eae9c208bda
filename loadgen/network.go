package loadgen

import (
	"crypto/tls"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
)

// kernelFacts are what the kernel told of a run, counted by one shard.
type kernelFacts struct {
	stamps  runfile.Stamps
	network runfile.Network
	events  []runfile.Event
}

// maxClockSteps bounds the settings of the clock that are kept.
const maxClockSteps = 100

// stamped counts the end of an answer by the clock that it was taken from.
func (f *kernelFacts) stamped(userClock bool) {
	if userClock {
		f.stamps.User++
	} else {
		f.stamps.Kernel++
	}
}

// clockStep notes that the clock was set by so little that the watch does not see it.
func (f *kernelFacts) clockStep(at, by time.Duration) {
	if by.Abs() < minStep && len(f.events) < maxClockSteps {
		f.events = append(f.events, runfile.Event{Kind: runfile.EventClock, AtNS: at, Text: "the system's clock was set " + setBy(by)})
	}
}

func setBy(by time.Duration) string {
	if by < 0 {
		return "back by " + units.Precise(-by)
	}
	return "forward by " + units.Precise(by)
}

func (f *kernelFacts) add(other *kernelFacts) {
	f.stamps.Kernel += other.stamps.Kernel
	f.stamps.User += other.stamps.User
	f.network.Add(&other.network)
	f.events = append(f.events, other.events...)
}

// connections counts those that an engine opens, from several goroutines.
type connections struct {
	mu   sync.Mutex
	list []runfile.ConnectionFigures
}

func figuresOf(x exchange.Connection) runfile.ConnectionFigures {
	f := runfile.ConnectionFigures{Protocol: x.Protocol}
	if x.TLS != 0 {
		f.TLS, f.Suite = tls.VersionName(x.TLS), tls.CipherSuiteName(x.Suite)
	}
	return f
}

func (c *connections) opened(x exchange.Connection) {
	f := figuresOf(x)
	f.Opened = 1
	if x.Resumed {
		f.Resumed = 1
	}
	c.add(f)
}

// shared counts answers that came in one read with a later one.
func (c *connections) shared(x exchange.Connection, answers int) {
	f := figuresOf(x)
	f.Shared = uint64(answers)
	c.add(f)
}

func (c *connections) add(f runfile.ConnectionFigures) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = runfile.AddConnections(c.list, []runfile.ConnectionFigures{f})
}
