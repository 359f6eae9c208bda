//go:build amd64 || arm64

package wire

import (
	"bufio"
	"context"
	"crypto/tls"
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
func responder(t testing.TB, flags ...string) *Origin {
	t.Helper()
	program := filepath.Join(t.TempDir(), "responder")
	if out, err := exec.Command("go", "build", "-o", program, "./peers/responder").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c := exec.Command(program, flags...)
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
	origin := NewOrigin([]netip.AddrPort{netip.MustParseAddrPort(u.Host)})
	if u.Scheme == "https" {
		origin.Secure(&tls.Config{InsecureSkipVerify: true, ServerName: u.Hostname()})
	}
	return origin
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
	b.Run("plain", func(b *testing.B) { benchmarkLoop(b, responder(b)) })
	b.Run("TLS", func(b *testing.B) { benchmarkLoop(b, responder(b, "-tls")) })
}

func benchmarkLoop(b *testing.B, origin *Origin) {
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

// Once its connections are open the loop allocates nothing, and over TLS what crypto/tls does: once a record, 32 bytes.
func TestTheLoopAllocatesNothing(t *testing.T) {
	plain, secure := responder(t), responder(t, "-tls")
	allocated := func(origin *Origin, n uint64, closed bool) (times, bytes float64) {
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
		return float64(after.Mallocs - before.Mallocs), float64(after.TotalAlloc - before.TotalAlloc)
	}
	more := uint64(10_000)
	if testing.Short() {
		more = 2_000
	}
	for _, closed := range []bool{false, true} {
		few, _ := allocated(plain, 100, closed)
		many, _ := allocated(plain, 100+more, closed)
		if many > few+100 {
			t.Errorf("closed %v: 100 requests make %v allocations, %d more make %v", closed, few, more, many)
		}
		if testing.Short() {
			continue // the race detector runs what -short does, beside other packages, and allocates too
		}
		// What the runtime allocates on a busy machine counts with it: the best of three tries says what the loop does.
		within := false
		for range 3 {
			fewTimes, fewBytes := allocated(secure, 100, closed)
			manyTimes, manyBytes := allocated(secure, 100+more, closed)
			times, bytes := (manyTimes-fewTimes)/float64(more), (manyBytes-fewBytes)/float64(more)
			t.Logf("TLS, closed %v: %.3f allocations and %.1f bytes a request", closed, times, bytes)
			if within = times <= 1.05 && bytes <= 32; within {
				break
			}
		}
		if !within {
			t.Errorf("TLS, closed %v: more than 1.05 allocations and 32 bytes a request, three times", closed)
		}
	}
}
