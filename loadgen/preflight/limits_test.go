package preflight

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLimitsFit(t *testing.T) {
	given := func(n int) Input { return Input{Connections: n, ConnectionsGiven: true} }
	wanted := func(n int) Input { return Input{Connections: n} }
	for _, tc := range []struct {
		why    string
		limits Limits
		in     Input
		want   int
		found  string // "" none
		fatal  bool
		usage  bool
	}{
		{"nothing known", Limits{}, given(100_000), 100_000, "", false, false},
		{"room for all", Limits{OpenFiles: 20_000, Ports: 28_232}, wanted(256), 256, "", false, false},
		{"just room for all", Limits{OpenFiles: 1024}, given(900), 900, "", false, false},
		{"one too many", Limits{OpenFiles: 1024}, given(901), 901,
			"connections 901: this process may open 1024 files; run `ulimit -n 2048` first, or use 900", true, true},
		{"far too many", Limits{OpenFiles: 1024}, given(4000), 4000,
			"connections 4000: this process may open 1024 files; run `ulimit -n 8192` first, or use 900", true, true},
		{"a power of two is enough", Limits{OpenFiles: 1024}, given(4096 - 124), 3972,
			"connections 3972: this process may open 1024 files; run `ulimit -n 4096` first, or use 900", true, true},
		{"the default is lowered", Limits{OpenFiles: 256}, wanted(256), 132,
			"connections lowered from 256 to 132: this process may open 256 files; for all, run `ulimit -n 512` first", false, false},
		{"many descriptors were inherited", Limits{OpenFiles: 1024, openNow: 500}, wanted(1000), 460,
			"connections lowered from 1000 to 460: this process may open 1024 files; for all, run `ulimit -n 2048` first", false, false},
		{"none left by default", Limits{OpenFiles: 124}, wanted(256), 256,
			"this process may open 124 files, which leaves none for connections; run `ulimit -n 512` first", true, false},
		{"one left", Limits{OpenFiles: 125}, wanted(256), 1,
			"connections lowered from 256 to 1: this process may open 125 files; for all, run `ulimit -n 512` first", false, false},
		{"ports run out first", Limits{OpenFiles: 1 << 20, Ports: 28_232}, given(30_000), 30_000,
			"connections 30000: this system has 28232 local ports to connect to one address from; widen them with " +
				"`sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\"` first, or use 28168", true, true},
		{"no limit that counts", Limits{OpenFiles: 1 << 62}, given(60_000), 60_000, "", false, false},
		{"none wanted", Limits{}, given(0), 0, "connections 0: give 1 or more", true, true},
		{"fewer than none", Limits{}, given(-3), -3, "connections -3: give 1 or more", true, true},
	} {
		got, findings := tc.limits.fit(tc.in)
		var f Finding
		if len(findings) > 0 {
			f = findings[0]
		}
		if got != tc.want || len(findings) > 1 || f != (Finding{Text: tc.found, Fatal: tc.fatal, Usage: tc.usage}) {
			t.Errorf("%s: fit = %d, %+v\nwant %d, %q, fatal %v, usage %v", tc.why, got, findings, tc.want, tc.found, tc.fatal, tc.usage)
		}
	}
}

// Whatever the limits: what a finding advises is then accepted, and nothing is changed without a word.
func TestLimitsFitTakesItsOwnAdvice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Limits{
			OpenFiles: rapid.Uint64Range(0, 100_000).Draw(t, "files"),
			openNow:   rapid.IntRange(0, 300).Draw(t, "open"),
			Ports:     rapid.IntRange(0, 64_000).Draw(t, "ports"),
		}
		in := Input{Connections: rapid.IntRange(1, 100_000).Draw(t, "connections"), ConnectionsGiven: rapid.Bool().Draw(t, "given")}
		got, findings := l.fit(in)
		if (len(findings) == 0) != (got == in.Connections && !AnyFatal(findings)) {
			t.Fatalf("%d of %d connections, findings %v", got, in.Connections, findings)
		}
		if in.ConnectionsGiven && got != in.Connections {
			t.Fatalf("%d given, %d taken", in.Connections, got)
		}
		if !in.ConnectionsGiven && !AnyFatal(findings) {
			again, more := l.fit(Input{Connections: got, ConnectionsGiven: true})
			if again != got || len(more) > 0 {
				t.Fatalf("lowered to %d, of which only %d fit: %v", got, again, more)
			}
			if got < in.Connections {
				if _, more := l.fit(Input{Connections: got + 1, ConnectionsGiven: true}); !AnyFatal(more) {
					t.Fatalf("lowered to %d where one more fits", got)
				}
			}
		}
	})
}

func TestLimitsNotes(t *testing.T) {
	const url = "10.0.0.9:80"
	alive := Input{Address: url, Connections: 100, KeepAlive: true, PeakRate: 5000}
	closing := Input{Address: url, Connections: 100, PeakRate: 1000}
	with := func(in Input, change func(*Input)) Input {
		change(&in)
		return in
	}
	bundled := with(alive, func(in *Input) { in.Bundled = true; in.Address = "127.0.0.1:80" })
	ports := Limits{Ports: 28_232, portKept: time.Minute, portKeptLoopback: time.Second, processors: 4}
	for _, tc := range []struct {
		why    string
		limits Limits
		in     Input
		where  placement
		want   []string // a finding each, its parts with … between them
	}{
		{"nothing known", Limits{}, alive, elsewhere, nil},
		{"connections kept alive need no more ports", ports, alive, elsewhere, nil},
		{"closed ones pile up", ports, closing, elsewhere,
			[]string{"up to 60000 connections…within 60 s…there are 28232…keep connections alive…below 467 requests/s…ip_local_port_range"}},
		{"just within the ports", ports, with(closing, func(in *Input) { in.PeakRate = (28_232 - 64 - 100) / 60. }), elsewhere, nil},
		{"just beyond", ports, with(closing, func(in *Input) { in.PeakRate = (28_232 - 64 - 99) / 60. }), elsewhere, []string{"up to 28069 connections"}},
		{"a short run uses fewer", ports, with(closing, func(in *Input) { in.Requests = 28_068 }), elsewhere, nil},
		{"on loopback a port is free again after a second", ports, closing, onLoopback, []string{"is on this machine"}},
		{"but not under another address of the host", ports, closing, onThisHost, []string{"up to 60000", "is on this machine"}},
		{"as fast as it goes, of a known length", ports, with(closing, func(in *Input) { in.PeakRate = 0; in.Requests = 50_000 }), elsewhere,
			[]string{"up to 50000 connections"}},
		{"as fast as it goes, of no known length", ports, with(closing, func(in *Input) { in.PeakRate = 0 }), elsewhere, nil},

		{"the service is on this host", Limits{processors: 2}, alive, onThisHost, []string{"10.0.0.9:80 is on this machine…taskset"}},
		{"a bundled target always is", Limits{processors: 2}, bundled, onLoopback, nil},

		{"half a processor of two", Limits{processors: 2, quota: 0.5}, alive, elsewhere, []string{"allows 0.5 of 2 processors…cpu.max…--cpus 2"}},
		{"as much as there is", Limits{processors: 2, quota: 2}, alive, elsewhere, nil},
		{"a fraction less", Limits{processors: 2, quota: 1.99}, alive, elsewhere, []string{"allows 1.99 of 2"}},

		{"a clock without system call", Limits{clockSource: "tsc"}, alive, elsewhere, nil},
		{"that of a virtual machine", Limits{clockSource: "kvm-clock"}, alive, elsewhere, nil},
		{"a slow one", Limits{clockSource: "hpet"}, alive, elsewhere, []string{"clock source is hpet…clocksource=tsc"}},

		{"a short listen queue here", Limits{listenQueue: 99}, bundled, onLoopback, []string{"at most 99 new connections…of 100…somaxconn"}},
		{"just long enough", Limits{listenQueue: 100}, bundled, onLoopback, nil},
		{"another host's is not known", Limits{listenQueue: 99}, alive, elsewhere, nil},
	} {
		findings := tc.limits.notes(tc.in, tc.where)
		if len(findings) != len(tc.want) {
			t.Errorf("%s: found %+v, want %q", tc.why, findings, tc.want)
			continue
		}
		for i, f := range findings {
			if f.Fatal || f.Usage {
				t.Errorf("%s: fatal: %s", tc.why, f.Text)
			}
			for part := range strings.SplitSeq(tc.want[i], "…") {
				if !strings.Contains(f.Text, part) {
					t.Errorf("%s: found %q, want %q in it", tc.why, f.Text, part)
				}
			}
		}
	}
}
