package preflight

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"time"
)

// Limits is what a system allows this process. A zero field is not limited, or not known.
type Limits struct {
	OpenFiles        uint64        // descriptors this process may open
	openNow          int           // of them, already open
	Ports            int           // local ports to connect to one address from
	portKept         time.Duration // for which a closed connection keeps its port
	portKeptLoopback time.Duration // the same for connections over loopback
	processors       int           // that this process may use
	quota            float64       // of them, what its control group allows; may be a fraction
	clockSource      string        // of the kernel
	listenQueue      int           // most connections that wait for a service of this host to take them
}

// placement is where a target is, as seen from bench.
type placement int

const (
	elsewhere  placement = iota // or not known
	onThisHost                  // under an address of an interface
	onLoopback
)

const (
	// ownDescriptors is what bench needs beside its connections: standard streams, pollers, the lifeline and pipes of a
	// target, name resolution, sampling, the files it writes. It has about 30 open; the rest is for what comes and goes.
	ownDescriptors = 124
	// spareDescriptors is the same beyond what is open already, when more was inherited.
	spareDescriptors = 64
	// sparePorts are for what else on this host connects or listens.
	sparePorts = 64
)

// fit returns how many of the wanted connections can be held, and says why if that is not all. More than can be held
// are refused when the user asked for them.
func (l Limits) fit(in Input) (connections int, findings []Finding) {
	if in.Connections < 1 {
		return in.Connections, []Finding{{
			Text:  fmt.Sprintf("connections %d: give 1 or more", in.Connections),
			Fatal: true, Usage: in.ConnectionsGiven,
		}}
	}
	connections = in.Connections
	check := func(room int, allowed, remedy string) {
		switch {
		case room >= connections:
		case room < 1:
			text := fmt.Sprintf("%s, which leaves none for connections; %s first", allowed, remedy)
			findings = append(findings, Finding{Text: text, Fatal: true, Usage: in.ConnectionsGiven})
		case in.ConnectionsGiven:
			text := fmt.Sprintf("connections %d: %s; %s first, or use %d", in.Connections, allowed, remedy, room)
			findings = append(findings, Finding{Text: text, Fatal: true, Usage: true})
		default:
			text := fmt.Sprintf("connections lowered from %d to %d: %s; for all, %s first", connections, room, allowed, remedy)
			findings = append(findings, Finding{Text: text})
			connections = room
		}
	}
	if l.OpenFiles > 0 {
		own := max(ownDescriptors, l.openNow+spareDescriptors)
		room := int(min(l.OpenFiles, math.MaxInt32)) - own
		enough := 1 << bits.Len(uint(in.Connections+own-1)) // the next power of two, as such limits are given
		check(room, fmt.Sprintf("this process may open %d files", l.OpenFiles), fmt.Sprintf("run `ulimit -n %d`", enough))
	}
	if l.Ports > 0 {
		check(l.Ports-sparePorts, fmt.Sprintf("this system has %d local ports to connect to one address from", l.Ports),
			"widen them with `"+widenPorts+"`")
	}
	return connections, findings
}

const widenPorts = `sysctl -w net.ipv4.ip_local_port_range="1024 65535"`

// steadyClocks are the kernel's clock sources that a program reads without a system call.
var steadyClocks = []string{"tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page", "riscv_clocksource", "timebase", "tod"}

// notes are what does not stop a run but shows in what it measures.
func (l Limits) notes(in Input, where placement) (findings []Finding) {
	note := func(format string, args ...any) {
		findings = append(findings, Finding{Text: fmt.Sprintf(format, args...)})
	}
	hold := l.portKept
	if where == onLoopback {
		hold = l.portKeptLoopback
	}
	if room := l.Ports - sparePorts - in.Connections; !in.KeepAlive && l.Ports > 0 && hold > 0 {
		if closed := closedWithin(hold, in); closed > float64(room) {
			remedy := "keep connections alive"
			if perSecond := float64(room) / hold.Seconds(); perSecond >= 1 {
				remedy += fmt.Sprintf(", stay below %.0f requests/s", math.Floor(perSecond))
			}
			note("without keep-alive up to %.0f connections are closed within %.0f s, and each may keep its local port for that long; "+
				"there are %d: %s, or widen them with `%s`", closed, hold.Seconds(), l.Ports, remedy, widenPorts)
		}
	}
	if where != elsewhere && !in.Bundled {
		note("%s is on this machine: the service and bench share its processors, and each one's load is in the other's latencies; "+
			"drive it from another machine, or keep it off bench's processor with `taskset`", in.Address)
	}
	if l.quota > 0 && l.quota < float64(l.processors) {
		note("the control group allows %.3g of %d processors: what runs in it is stopped for parts of every period once it has used them up, "+
			"which looks like latency; raise its limit (cpu.max, `docker run --cpus %d`)", l.quota, l.processors, l.processors)
	}
	if l.clockSource != "" && !slices.Contains(steadyClocks, l.clockSource) {
		note("the kernel's clock source is %s, which takes microseconds to read and is read several times a request; "+
			"where the processor has a steady time stamp counter, boot with clocksource=tsc", l.clockSource)
	}
	if where != elsewhere && l.listenQueue > 0 && l.listenQueue < in.Connections {
		note("at most %d new connections wait for a service on this machine to take them: of %d opened at once some are tried again 1 s later; "+
			"run `sysctl -w net.core.somaxconn=4096` and start the service anew", l.listenQueue, in.Connections)
	}
	return findings
}

// closedWithin is how many connections, each of one request, are closed within a time at most.
func closedWithin(d time.Duration, in Input) float64 {
	most := math.Inf(1)
	if in.PeakRate > 0 {
		most = math.Ceil(in.PeakRate * d.Seconds())
	}
	if in.Requests > 0 {
		most = min(most, float64(in.Requests))
	}
	if math.IsInf(most, 1) {
		return 0 // nothing is known to judge by
	}
	return most
}
