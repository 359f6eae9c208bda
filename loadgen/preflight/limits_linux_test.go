package preflight

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/usage"
	"golang.org/x/sys/unix"
)

func TestParsePorts(t *testing.T) {
	for _, tc := range []struct {
		span, reserved string
		want           int
		why            string
	}{
		{"32768\t60999", "", 28_232, "the default"},
		{"1024 65535", "", 64_512, "all but the privileged"},
		{"1024 65535", "8080,9148-9150", 64_508, "some set apart"},
		{"1000 1009", "0-999,1010-2000", 10, "none of them in the range"},
		{"1000 1009", "999-1000,1009-1010", 8, "both ends"},
		{"1000 1009", "1000-1005,1003-1007", 2, "spans that overlap count once"},
		{"1000 1009", "1009-1000,x,-", 10, "nonsense sets nothing apart"},
		{"5 5", "5", 0, "none left"},
		{"", "", 0, "not readable"},
		{"2000 1000", "", 0, "upside down"},
		{"1 70000", "", 0, "no such port"},
	} {
		if got := parsePorts(tc.span, tc.reserved); got != tc.want {
			t.Errorf("parsePorts(%q, %q) = %d, want %d (%s)", tc.span, tc.reserved, got, tc.want, tc.why)
		}
	}
}

func TestParseReuse(t *testing.T) {
	for value, want := range map[string][2]time.Duration{
		"0": {60 * time.Second, 60 * time.Second},
		"1": {time.Second, time.Second},
		"2": {60 * time.Second, time.Second},
		"":  {60 * time.Second, 60 * time.Second},
	} {
		if hold, loopback := parseReuse(value); hold != want[0] || loopback != want[1] {
			t.Errorf("parseReuse(%q) = %v, %v, want %v", value, hold, loopback, want)
		}
	}
}

func TestReadLimits(t *testing.T) {
	before, procs := usage.Processors(), runtime.GOMAXPROCS(0)
	t.Cleanup(func() {
		if err := usage.Pin(before); err != nil {
			t.Error(err)
		}
		runtime.GOMAXPROCS(procs)
	})
	if err := usage.Pin(before[:1]); err != nil { // which says nothing of the host
		t.Fatal(err)
	}
	l := ReadLimits()
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if l.OpenFiles != limit.Cur || l.openNow < 3 || l.processors != len(before) {
		t.Errorf("limits %+v, want %d files, 3 or more open and %d processors", l, limit.Cur, len(before))
	}
	if data, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil && (l.Ports < 1 || l.portKept < time.Second) {
		t.Errorf("limits %+v of a port range %q", l, data)
	}
	if data, err := os.ReadFile("/sys/devices/system/clocksource/clocksource0/current_clocksource"); err == nil && l.clockSource != strings.TrimSpace(string(data)) {
		t.Errorf("clock source %q, want %q", l.clockSource, data)
	}
}

func TestRaiseOpenFiles(t *testing.T) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
			t.Error(err)
		}
	})
	lowered := limit
	lowered.Cur = limit.Max / 2
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &lowered); err != nil {
		t.Fatal(err)
	}
	if got := usage.OpenFilesLimit(); got != lowered.Cur {
		t.Errorf("openFilesLimit() = %d, want the %d set", got, lowered.Cur)
	}
	usage.RaiseOpenFiles()
	if got := usage.OpenFilesLimit(); got != limit.Max {
		t.Errorf("raised to %d, want %d", got, limit.Max)
	}
}
