package preflight

import (
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/usage"
)

// timeWait is TCP_TIMEWAIT_LEN of the kernel; timeWaitReuse is after what time net.ipv4.tcp_tw_reuse lets a new
// connection to the same address take over the port.
const (
	timeWait      = 60 * time.Second
	timeWaitReuse = time.Second
)

// ReadLimits reads what the system allows; what cannot be read stays zero.
func ReadLimits() Limits {
	l := Limits{
		OpenFiles:   usage.OpenFilesLimit(),
		processors:  usage.StartProcessors, // what bench was pinned to since says nothing of the host
		Ports:       parsePorts(sysctl("net/ipv4/ip_local_port_range"), sysctl("net/ipv4/ip_local_reserved_ports")),
		clockSource: firstLine("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
	}
	l.openNow, _ = usage.OpenDescriptors()
	l.portKept, l.portKeptLoopback = parseReuse(sysctl("net/ipv4/tcp_tw_reuse"))
	if n, err := strconv.Atoi(sysctl("net/core/somaxconn")); err == nil {
		l.listenQueue = n
	}
	l.quota = usage.GrantedProcessors()
	return l
}

func sysctl(name string) string { return firstLine("/proc/sys/" + name) }

func firstLine(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.TrimSpace(line)
}

// parsePorts counts the ports of net.ipv4.ip_local_port_range that ip_local_reserved_ports does not set apart; 0 when
// the range cannot be read.
func parsePorts(span, reserved string) int {
	words := strings.Fields(span)
	if len(words) != 2 {
		return 0
	}
	low, errLow := strconv.Atoi(words[0])
	high, errHigh := strconv.Atoi(words[1])
	if errLow != nil || errHigh != nil || low < 1 || high < low || high > 65535 {
		return 0
	}
	apart := make([]bool, high-low+1)
	for item := range strings.SplitSeq(reserved, ",") {
		first, last, isSpan := strings.Cut(strings.TrimSpace(item), "-")
		if !isSpan {
			last = first
		}
		a, errA := strconv.Atoi(first)
		b, errB := strconv.Atoi(last)
		if errA != nil || errB != nil {
			continue
		}
		for port := max(a, low); port <= min(b, high); port++ {
			apart[port-low] = true
		}
	}
	ports := len(apart)
	for _, is := range apart {
		if is {
			ports--
		}
	}
	return ports
}

// parseReuse reads net.ipv4.tcp_tw_reuse: 0 never, 1 always, 2 (the default since Linux 4.19) on loopback only.
func parseReuse(value string) (hold, keptLoopback time.Duration) {
	switch value {
	case "1":
		return timeWaitReuse, timeWaitReuse
	case "2":
		return timeWait, timeWaitReuse
	}
	return timeWait, timeWait
}
