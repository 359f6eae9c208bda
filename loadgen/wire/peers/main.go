//go:build linux

// Peers drives the same server with bench and with the other load generators that are installed, in turn and several times, and
// prints medians: requests per second, processor time per request, and both as ratios to wrk's, or to h2load's. Generator and server
// each get a processor of their own. Run it on a quiet machine:
//
//	go run ./loadgen/wire/peers [-rounds 5] [-for 3s] [-server responder|nginx] [-tls 1.2|1.3] [-http 1.1|2] [-only wrk,bench]
//
// It looks for wrk, ab, h2load, hey and vegeta on the PATH. Each goes as fast as it can: over 32 connections, or with -http 2 over
// 1 connection with 1 stream, 4 with 8 each and 1 with 100. The server is the barest responder there can be, so that the generator
// is the ceiling, or nginx with one worker, as with -tls and with -http 2. The certificate is made by openssl, and nobody verifies
// it. With -tls it then drives 10,000/s by bench over TLS and over plain http, and prints how late the requests left and what a
// request cost while they were sent.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 5, "how often each generator runs")
	length := flag.Duration("for", 3*time.Second, "how long it runs, in whole seconds")
	server := flag.String("server", "responder", "responder or nginx")
	connections := flag.Int("c", 32, "connections of HTTP/1.1")
	secure := flag.String("tls", "", "version of TLS, 1.2 or 1.3, that nginx is to speak (default no TLS)")
	http := flag.String("http", "1.1", "version of HTTP, 1.1 or 2")
	only := flag.String("only", "", "drive only the generators whose names begin with one of these, as in wrk,bench")
	flag.Parse()
	if *secure != "" || *http == "2" {
		*server = "nginx"
	}
	p := program{rounds: *rounds, length: *length, secure: *secure, http2: *http == "2", only: strings.Split(*only, ",")}
	if err := p.compare(*server, *connections); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// measured is one run of one generator.
type measured struct {
	rate    float64 // requests per second
	cpu     float64 // µs of processor time per request
	sending float64 // of it, while bench sent
	lag     float64 // µs, P50 of bench
	idle    float64 // share of its processor that the server did not use
}

// program is what is driven, and how.
type program struct {
	dir, bench string
	rounds     int
	length     time.Duration
	secure     string // version of TLS; "": none
	http2      bool
	only       []string
}

func (p program) compare(server string, connections int) (err error) {
	if p.dir, err = os.MkdirTemp("", "peers"); err != nil {
		return err
	}
	defer os.RemoveAll(p.dir)
	p.bench = filepath.Join(p.dir, "bench")
	if out, err := exec.Command("go", "build", "-o", p.bench, "./cmd/bench").CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	s, err := serve(server, p.secure, p.http2, p.dir)
	if err != nil {
		return err
	}
	defer s.stop()
	works, reference := []work{{p.secure != "", false, connections, 1}}, "wrk"
	if p.http2 {
		works, reference = []work{{p.secure != "", true, 1, 1}, {p.secure != "", true, 4, 8}, {p.secure != "", true, 1, 100}}, "h2load"
	}
	title := server + ", HTTP/" + versionOf(p.http2)
	if p.secure != "" {
		title += ", TLS " + p.secure
	}
	for _, w := range works {
		over := fmt.Sprintf("%s, %d connections", title, w.connections)
		if p.http2 {
			over = fmt.Sprintf("%s, %d × %d connections × streams", title, w.connections, w.streams)
		}
		if err := p.fastest(over, reference, s, w); err != nil {
			return err
		}
	}
	if p.secure == "" {
		return nil
	}
	plain, err := serve("nginx", "", false, p.dir)
	if err != nil {
		return err
	}
	defer plain.stop()
	return p.steady(title, s, plain)
}

// fastest drives a server as fast as each generator goes.
func (p program) fastest(title, reference string, s *server, w work) error {
	var list []contestant
	for _, g := range installed(p.bench, p.dir, w) {
		if slices.ContainsFunc(p.only, func(name string) bool { return strings.HasPrefix(g.name, name) }) {
			list = append(list, contestant{g, s})
		}
	}
	results, err := p.race(list)
	if err != nil {
		return err
	}
	t := p.table(title, "generator", "requests/s", "× "+reference, "cpu us/request", "× "+reference, "server idle")
	for _, c := range list {
		own, peer := results[c.name], results[reference]
		t.row("%s\t%.0f\t%s\t%.2f\t%s\t%.0f %%", c.name,
			median(own, rateOf), ratio(own, peer, rateOf), median(own, cpuOf), ratio(own, peer, cpuOf), 100*median(own, idleOf))
	}
	return t.Flush()
}

const steadyRate = 10_000 // requests/s

// steady drives servers at one rate with bench, over TLS and without.
func (p program) steady(title string, secure, plain *server) error {
	over := work{secure: true, http2: p.http2, connections: 32, streams: 1}
	rate := []string{"--rate", fmt.Sprintf("%d/s", steadyRate)}
	const reference = "plain HTTP/1.1"
	list := []contestant{
		{benchBy(reference, p.bench, p.dir, "wire", work{connections: 32, streams: 1}, rate...), plain},
		{benchBy("TLS HTTP/"+versionOf(p.http2), p.bench, p.dir, "wire", over, rate...), secure},
	}
	results, err := p.race(list)
	if err != nil {
		return err
	}
	t := p.table(fmt.Sprintf("%s, bench wire at %d/s", title, steadyRate), "over", "requests/s", "lag P50 us", "cpu us/request", "× plain")
	for _, c := range list {
		own := results[c.name]
		t.row("%s\t%.0f\t%.2f\t%.2f\t%s", c.name, median(own, rateOf), median(own, lagOf), median(own, sendingOf), ratio(own, results[reference], sendingOf))
	}
	return t.Flush()
}

// contestant is a generator and what it drives.
type contestant struct {
	generator
	server *server
}

// race has each run once a round, and returns what was measured by name.
func (p program) race(list []contestant) (map[string][]measured, error) {
	results := make(map[string][]measured)
	for range p.rounds {
		for _, c := range list {
			m, err := run(c.generator, c.server, p.length)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			results[c.name] = append(results[c.name], m)
		}
	}
	return results, nil
}
