//go:build amd64 || arm64

package wire

import (
	"bufio"
	"context"
	"net/netip"
	"net/url"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

// responder starts the barest server there is in a process of its own.
func responder(t testing.TB) *Origin {
	t.Helper()
	program := filepath.Join(t.TempDir(), "responder")
	if out, err := exec.Command("go", "build", "-o", program, "./peers/responder").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c := exec.Command(program)
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(line[:len(line)-1])
	if err != nil {
		t.Fatal(err)
	}
	return NewOrigin([]netip.AddrPort{netip.MustParseAddrPort(u.Host)})
}

// counted counts.
type counted struct{ ok, failed, stamped int }

func (c *counted) Record(x *exchange.Exchange) {
	if x.Outcome == exchange.Succeeded {
		c.ok++
	} else {
		c.failed++
	}
	if !x.UserClock {
		c.stamped++
	}
}
func (*counted) Sent(_, _ time.Duration)           {}
func (*counted) Cleared(time.Duration)             {}
func (*counted) Stood(_, _ time.Duration)          {}
func (*counted) Silence(_, _ time.Duration)        {}
func (*counted) ClockStep(_, _ time.Duration)      {}
func (*counted) Network(_ time.Duration, _ uint32) {}

// fixed is the same request n times, at a gap; in the closed model as fast as it goes.
type fixed struct {
	n, next uint64
	gap     time.Duration
	request Request
}

func (f *fixed) Next() (uint64, time.Duration, bool) {
	k := f.next
	if k == f.n {
		return k, 0, false
	}
	f.next++
	return k, time.Duration(k) * f.gap, true
}

func (f *fixed) Render(uint64, time.Duration) (Request, error) { return f.request, nil }

func succeed(*exchange.Exchange, []byte) string { return "" }

// As fast as it goes over 32 connections: processor time and allocations of the loop for one request.
func BenchmarkLoop(b *testing.B) {
	origin := responder(b)
	c := Config{Origins: []*Origin{origin}, Endpoints: 1, Config: exchange.Config{
		Length: time.Hour, Slots: 32, Timeout: time.Minute, Drain: time.Minute, Users: exchangetest.Crowd(32, 0, time.Hour),
		Failure: succeed, Epoch: time.Now(),
	}}
	source := &fixed{n: uint64(b.N), request: Request{Bytes: []byte(get), Idempotent: true}}
	sink := &counted{}
	b.ReportAllocs()
	b.ResetTimer()
	before := processorTime(b)
	if _, err := Run(context.Background(), c, source, sink); err != nil || sink.ok != b.N {
		b.Fatalf("%d of %d succeeded, %v", sink.ok, b.N, err)
	}
	b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(sink.stamped)/float64(b.N), "stamped/op")
}

func processorTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Once its connections are open the loop allocates nothing.
func TestTheLoopAllocatesNothing(t *testing.T) {
	origin := responder(t)
	allocated := func(n uint64, closed bool) uint64 {
		c := Config{Origins: []*Origin{origin}, Endpoints: 1, Config: exchange.Config{
			Length: time.Hour, Slots: 8, Timeout: time.Minute, Drain: time.Minute, Failure: succeed, Epoch: time.Now(),
		}}
		if closed {
			c.Users = exchangetest.Crowd(8, 0, time.Hour)
		}
		source := &fixed{n: n, gap: 50 * time.Microsecond, request: Request{Bytes: []byte(get), Idempotent: true}}
		sink := &counted{}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := Run(t.Context(), c, source, sink); err != nil || sink.ok != int(n) {
			t.Fatalf("%d of %d succeeded, %v", sink.ok, n, err)
		}
		runtime.ReadMemStats(&after)
		return after.Mallocs - before.Mallocs
	}
	for _, closed := range []bool{false, true} {
		few, many := allocated(100, closed), allocated(10_100, closed)
		if many > few+100 {
			t.Errorf("closed %v: 100 requests make %d allocations, 10,100 make %d", closed, few, many)
		}
	}
}
