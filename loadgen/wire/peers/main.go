//go:build linux

// Peers drives the same server with bench and with the other load generators that are installed, each as fast as it goes
// over 32 connections, in turn and several times, and prints medians: requests per second, processor time per request,
// and both as ratios to wrk's. Generator and server each get a processor of their own. Run it on a quiet machine:
//
//	go run ./loadgen/wire/peers [-rounds 5] [-for 3s] [-server responder|nginx] [-tls 1.2|1.3]
//
// It looks for wrk, ab, h2load, hey and vegeta on the PATH. The server is the barest responder there can be, so that the
// generator is the ceiling, or nginx with one worker. With -tls it is nginx, by https with HTTP/1.1, and a certificate that
// openssl makes and nobody verifies.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 5, "how often each generator runs")
	length := flag.Duration("for", 3*time.Second, "how long it runs, in whole seconds")
	server := flag.String("server", "responder", "responder or nginx")
	connections := flag.Int("c", 32, "connections")
	version := flag.String("tls", "", "version of TLS, 1.2 or 1.3, that nginx is to speak (default no TLS)")
	flag.Parse()
	if *version != "" {
		*server = "nginx"
	}
	if err := compare(*server, *version, *rounds, *length, *connections); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// measured is one run of one generator.
type measured struct {
	rate float64 // requests per second
	cpu  float64 // µs of processor time per request
	idle float64 // share of its processor that the server did not use
}

func compare(server, version string, rounds int, length time.Duration, connections int) error {
	dir, err := os.MkdirTemp("", "peers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	bench := filepath.Join(dir, "bench")
	if out, err := exec.Command("go", "build", "-o", bench, "./cmd/bench").CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	s, err := serve(server, version, dir)
	if err != nil {
		return err
	}
	defer s.stop()

	list := installed(bench, dir, version != "")
	if version != "" {
		server += ", TLS " + version
	}
	results := make(map[string][]measured)
	for range rounds {
		for _, g := range list {
			m, err := run(g, s, length, connections)
			if err != nil {
				return fmt.Errorf("%s: %w", g.name, err)
			}
			results[g.name] = append(results[g.name], m)
		}
	}
	return print(list, results, server, rounds, length, connections)
}

func print(list []generator, results map[string][]measured, server string, rounds int, length time.Duration, connections int) error {
	fmt.Printf("%s, %d connections, medians of %d runs of %v\n\n", server, connections, rounds, length)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "generator\trequests/s\t× wrk\tcpu us/request\t× wrk\tserver idle\t")
	for _, g := range list {
		own, peer := results[g.name], results["wrk"]
		fmt.Fprintf(w, "%s\t%.0f\t%s\t%.2f\t%s\t%.0f %%\t\n", g.name,
			median(own, rateOf), ratio(own, peer, rateOf), median(own, cpuOf), ratio(own, peer, cpuOf), 100*median(own, idleOf))
	}
	return w.Flush()
}

func rateOf(m measured) float64 { return m.rate }
func cpuOf(m measured) float64  { return m.cpu }
func idleOf(m measured) float64 { return m.idle }

func median(list []measured, of func(measured) float64) float64 {
	var values []float64
	for _, m := range list {
		values = append(values, of(m))
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// ratio is the median of the ratios round by round, because the machine drifts between rounds.
func ratio(own, peer []measured, of func(measured) float64) string {
	if len(peer) == 0 {
		return "–"
	}
	var ratios []measured
	for i := range own {
		ratios = append(ratios, measured{rate: of(own[i]) / of(peer[i])})
	}
	return fmt.Sprintf("%.2f", median(ratios, rateOf))
}
