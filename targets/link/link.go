// Package link stands for the network between a client and a service: a relay in user space that delays what passes, and lets it pass
// no faster than a rate, resets connections, or drops datagrams.
//
//   - link.go: what a link does, and its text
//   - line.go: when what goes in comes out; no input or output
//   - tcp.go, udp.go: the relays
//
// What it cannot be: TCP's own loss and congestion control are the kernels', between two sockets of this machine, so no packet of TCP is
// lost and no window opens slowly. Timers are true to about a millisecond.
package link

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Link is what happens between a client and a service, in each direction. Its zero value lets all pass at once.
type Link struct {
	Delay  time.Duration // of what passes; a round trip takes twice as long
	Jitter time.Duration // a delay is this much longer or shorter at most, evenly; order is kept
	Rate   uint64        // bits per second that pass, of all connections together; 0: no limit
	Reset  float64       // chance of each connection of TCP, in each second, to be reset; 0-1
	Loss   float64       // chance of each datagram to be dropped; 0-1
}

const (
	maxDelay = 10 * time.Second
	minRate  = 1000 // bits per second
)

const form = "write it as delay=40ms,jitter=5ms,rate=10Mbit,reset=0.1%, or for HTTP/3 with loss=1% instead of reset"

// Parse reads a link such as "delay=40ms,rate=10Mbit". Each part is given once at most.
func Parse(text string) (l Link, err error) {
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(part, "=")
		if !ok || seen[name] {
			return Link{}, errors.New(form)
		}
		seen[name] = true
		switch name {
		case "delay":
			l.Delay, err = delay(value)
		case "jitter":
			l.Jitter, err = delay(value)
		case "rate":
			l.Rate, err = rate(value)
		case "reset":
			l.Reset, err = share(value)
		case "loss":
			l.Loss, err = share(value)
		default:
			return Link{}, fmt.Errorf("there is no %q: %s", name, form)
		}
		if err != nil {
			return Link{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	if l.Jitter > l.Delay {
		return Link{}, errors.New("jitter: it is no longer than delay, for nothing comes before it was sent")
	}
	return l, nil
}

func delay(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > maxDelay {
		return 0, fmt.Errorf("want a time such as 40ms, of at most %v, got %q", maxDelay, text)
	}
	return d, nil
}

// rates are the units of a rate.
var rates = []struct {
	name string
	bits float64
}{{"kbit", 1e3}, {"Mbit", 1e6}, {"Gbit", 1e9}}

func rate(text string) (uint64, error) {
	for _, u := range rates {
		number, ok := strings.CutSuffix(text, u.name)
		n, err := strconv.ParseFloat(number, 64)
		if ok && err == nil && n*u.bits >= minRate && n*u.bits <= 1e12 {
			return uint64(n * u.bits), nil
		}
	}
	return 0, fmt.Errorf("want bits per second, such as 500kbit, 10Mbit or 1Gbit, got %q", text)
}

func share(text string) (float64, error) {
	number, ok := strings.CutSuffix(text, "%")
	n, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil || !(n >= 0 && n <= 100) {
		return 0, fmt.Errorf("want a share such as 0.1%%, got %q", text)
	}
	return n / 100, nil
}

// String is the link as [Parse] reads it; "" of one that does nothing.
func (l Link) String() string {
	var parts []string
	add := func(name, value string, is bool) {
		if is {
			parts = append(parts, name+"="+value)
		}
	}
	percent := func(share float64) string { return strconv.FormatFloat(share*100, 'g', 6, 64) + "%" }
	add("delay", l.Delay.String(), l.Delay > 0)
	add("jitter", l.Jitter.String(), l.Jitter > 0)
	add("rate", bits(l.Rate), l.Rate > 0)
	add("reset", percent(l.Reset), l.Reset > 0)
	add("loss", percent(l.Loss), l.Loss > 0)
	return strings.Join(parts, ",")
}

func bits(rate uint64) string {
	u := rates[0]
	for _, larger := range rates[1:] {
		if float64(rate) >= larger.bits {
			u = larger
		}
	}
	return strconv.FormatFloat(float64(rate)/u.bits, 'f', -1, 64) + u.name
}

// Check refuses what cannot be done to the protocol that is spoken: HTTP/3, over UDP, or another, over TCP.
func (l Link) Check(http3 bool) error {
	switch {
	case l.Loss > 0 && !http3:
		return errors.New("loss drops datagrams, and all versions of HTTP but 3 go over TCP, whose packets a relay does not see: leave loss out, or ask for HTTP/3")
	case l.Reset > 0 && http3:
		return errors.New("reset ends connections of TCP, and HTTP/3 has none: leave reset out, or give loss")
	}
	return nil
}
