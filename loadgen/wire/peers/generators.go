//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// generator is a load generator: the command that drives url, and what its output says.
type generator struct {
	name    string
	command func(url string, length time.Duration) []string
	read    func(out []byte) (reading, error)
}

// reading is what a generator says of a run, with bench's own figures where it is bench.
type reading struct {
	answered float64
	lag      time.Duration // P50
	cpu      time.Duration // while it sent
}

// work is what generators are to do: over so many connections, each with so many streams where that is HTTP/2.
type work struct {
	secure               bool
	http2                bool
	connections, streams int
}

// installed returns bench with both engines and the peers that are on the PATH and can do the work.
func installed(bench, dir string, w work) []generator {
	attack := filepath.Join(dir, "attack.bin")
	c := strconv.Itoa(w.connections)
	all := strconv.Itoa(w.connections * w.streams)
	var list []generator
	if !w.http2 {
		list = append(list, generator{"wrk", func(url string, d time.Duration) []string {
			return []string{"wrk", "-t1", "-c" + c, "-d" + d.String(), url}
		}, find(`(\d+) requests in`)})
	}
	for _, engine := range []string{"wire", "http"} {
		flags := []string{"--rate", "max"}
		if w.http2 && engine == "wire" {
			flags = append(flags, "--h2-connections", c)
		}
		list = append(list, benchBy("bench "+engine, bench, dir, engine, w, flags...))
	}
	h2load, hey := []string{"-t1", "-c", c, "-m", strconv.Itoa(w.streams)}, []string{"-h2"}
	if !w.http2 {
		list = append(list, generator{"ab", func(url string, d time.Duration) []string {
			return []string{"ab", "-q", "-k", "-c", c, "-t", strconv.Itoa(int(d.Seconds())), "-n", "100000000", url}
		}, find(`Complete requests:\s+(\d+)`)})
		h2load, hey = append(h2load, "--h1"), nil
	}
	list = append(list,
		generator{"h2load", func(url string, d time.Duration) []string {
			return slices.Concat([]string{"h2load"}, h2load, []string{"-D", strconv.Itoa(int(d.Seconds())), url})
		}, find(`requests: (\d+) total`)},
		generator{"hey", func(url string, d time.Duration) []string {
			return slices.Concat([]string{"hey"}, hey, []string{"-c", all, "-z", d.String(), url})
		}, find(`\[200\]\s+(\d+) responses`)},
		generator{"vegeta", func(url string, d time.Duration) []string {
			return []string{"sh", "-c", fmt.Sprintf("echo GET %s | vegeta attack -insecure -http2=%t -h2c=%t -rate 0 -max-workers %s -duration %v > %s",
				url, w.http2, w.http2 && !w.secure, all, d, attack)}
		}, func([]byte) (reading, error) { return readAttack(attack) }},
	)
	var found []generator
	for _, g := range list {
		name, _, _ := strings.Cut(g.name, " ")
		if name == "hey" && w.http2 && !w.secure {
			continue // it speaks no HTTP/2 without TLS
		}
		if _, err := exec.LookPath(name); err == nil || name == "bench" {
			found = append(found, g)
		} else if w.streams <= 1 { // said once
			fmt.Fprintf(os.Stderr, "peers: %s is not installed\n", name)
		}
	}
	return found
}

// benchBy is bench with one of its engines, whose command has flags more.
func benchBy(name, bench, dir, engine string, w work, flags ...string) generator {
	run := filepath.Join(dir, "run.json")
	return generator{name, func(url string, d time.Duration) []string {
		command := []string{bench, "sustained", url, "--engine", engine, "--http", versionOf(w.http2), "-c", strconv.Itoa(w.connections * w.streams),
			"-d", d.String(), "--no-save", "--quiet", "-o", "json=" + run}
		if w.secure {
			command = append(command, "--insecure")
		}
		return append(command, flags...)
	}, func([]byte) (reading, error) { return readRun(run) }}
}

func versionOf(http2 bool) string {
	if http2 {
		return "2"
	}
	return "1.1"
}

func find(pattern string) func([]byte) (reading, error) {
	re := regexp.MustCompile(pattern)
	return func(out []byte) (reading, error) {
		m := re.FindSubmatch(out)
		if m == nil {
			return reading{}, fmt.Errorf("no count of requests in its output:\n%s", out)
		}
		n, err := strconv.ParseFloat(string(m[1]), 64)
		return reading{answered: n}, err
	}
}

func readRun(path string) (reading, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return reading{}, err
	}
	var file runfile.File
	if err := json.Unmarshal(data, &file); err != nil || len(file.Runs) != 1 {
		return reading{}, fmt.Errorf("%s: %d runs, %w", path, len(file.Runs), err)
	}
	run := file.Runs[0]
	r := reading{answered: float64(run.Requests.Succeeded), lag: run.Overall.Lag.P50NS}
	if used := run.Overall.CPU.Generator; used != nil {
		r.cpu = *used
	}
	return r, nil
}

func readAttack(path string) (reading, error) {
	out, err := exec.Command("vegeta", "report", "-type", "json", path).Output()
	if err != nil {
		return reading{}, err
	}
	var report struct {
		StatusCodes map[string]float64 `json:"status_codes"`
	}
	err = json.Unmarshal(out, &report)
	return reading{answered: report.StatusCodes["200"]}, err
}

// run runs a generator on the last processor.
func run(g generator, s *server, length time.Duration) (measured, error) {
	args := append([]string{"-c", strconv.Itoa(generatorCPU)}, g.command(s.url, length)...)
	c := exec.Command("taskset", args...)
	before, began := s.processorTime(), time.Now()
	out, err := c.CombinedOutput()
	took := time.Since(began)
	if err != nil {
		return measured{}, fmt.Errorf("%w\n%s", err, out)
	}
	busy := s.processorTime() - before
	read, err := g.read(out)
	if err != nil {
		return measured{}, err
	}
	n := read.answered
	if n == 0 {
		return measured{}, fmt.Errorf("no request was answered:\n%s", out)
	}
	cpu := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	return measured{
		rate:    n / length.Seconds(),
		cpu:     cpu.Seconds() * 1e6 / n,
		sending: read.cpu.Seconds() * 1e6 / n,
		lag:     read.lag.Seconds() * 1e6,
		idle:    max(0, 1-busy.Seconds()/took.Seconds()),
	}, nil
}
