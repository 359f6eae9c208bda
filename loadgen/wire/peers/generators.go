//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// generator is a load generator: the command that drives url, and how many requests its output says were answered.
type generator struct {
	name     string
	command  func(url string, length time.Duration, connections int) []string
	answered func(out []byte) (float64, error)
}

// installed returns bench with both engines and the peers that are on the PATH. secure: they are to speak TLS.
func installed(bench, dir string, secure bool) []generator {
	run := filepath.Join(dir, "run.json")
	attack := filepath.Join(dir, "attack.bin")
	list := []generator{
		{"wrk", func(url string, d time.Duration, c int) []string {
			return []string{"wrk", "-t1", "-c" + strconv.Itoa(c), "-d" + d.String(), url}
		}, find(`(\d+) requests in`)},
	}
	for _, engine := range []string{"wire", "http"} {
		list = append(list, generator{"bench " + engine, func(url string, d time.Duration, c int) []string {
			command := []string{bench, "sustained", url, "--engine", engine, "--http", "1.1", "--rate", "max", "-c", strconv.Itoa(c), "-d", d.String(),
				"--no-save", "--quiet", "-o", "json=" + run}
			if secure {
				command = append(command, "--insecure")
			}
			return command
		}, func([]byte) (float64, error) { return readRun(run) }})
	}
	list = append(list,
		generator{"ab", func(url string, d time.Duration, c int) []string {
			return []string{"ab", "-q", "-k", "-c", strconv.Itoa(c), "-t", strconv.Itoa(int(d.Seconds())), "-n", "100000000", url}
		}, find(`Complete requests:\s+(\d+)`)},
		generator{"h2load", func(url string, d time.Duration, c int) []string {
			return []string{"h2load", "--h1", "-t1", "-c", strconv.Itoa(c), "-D", strconv.Itoa(int(d.Seconds())), url}
		}, find(`requests: (\d+) total`)},
		generator{"hey", func(url string, d time.Duration, c int) []string {
			return []string{"hey", "-c", strconv.Itoa(c), "-z", d.String(), url}
		}, find(`\[200\]\s+(\d+) responses`)},
		generator{"vegeta", func(url string, d time.Duration, c int) []string {
			return []string{"sh", "-c", fmt.Sprintf("echo GET %s | vegeta attack -insecure -http2=false -rate 0 -max-workers %d -duration %v > %s", url, c, d, attack)}
		}, func([]byte) (float64, error) { return readAttack(attack) }},
	)
	var found []generator
	for _, g := range list {
		name, _, _ := strings.Cut(g.name, " ")
		if _, err := exec.LookPath(name); err == nil || name == "bench" {
			found = append(found, g)
		} else {
			fmt.Fprintf(os.Stderr, "peers: %s is not installed\n", name)
		}
	}
	return found
}

func find(pattern string) func([]byte) (float64, error) {
	re := regexp.MustCompile(pattern)
	return func(out []byte) (float64, error) {
		m := re.FindSubmatch(out)
		if m == nil {
			return 0, fmt.Errorf("no count of requests in its output:\n%s", out)
		}
		return strconv.ParseFloat(string(m[1]), 64)
	}
}

func readRun(path string) (float64, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	var file struct {
		Runs []struct{ Requests struct{ Succeeded float64 } }
	}
	if err := json.Unmarshal(data, &file); err != nil || len(file.Runs) != 1 {
		return 0, fmt.Errorf("%s: %d runs, %w", path, len(file.Runs), err)
	}
	return file.Runs[0].Requests.Succeeded, nil
}

func readAttack(path string) (float64, error) {
	out, err := exec.Command("vegeta", "report", "-type", "json", path).Output()
	if err != nil {
		return 0, err
	}
	var report struct {
		StatusCodes map[string]float64 `json:"status_codes"`
	}
	err = json.Unmarshal(out, &report)
	return report.StatusCodes["200"], err
}

// run runs a generator on the last processor.
func run(g generator, s *server, length time.Duration, connections int) (measured, error) {
	args := append([]string{"-c", strconv.Itoa(generatorCPU)}, g.command(s.url, length, connections)...)
	c := exec.Command("taskset", args...)
	before, began := s.processorTime(), time.Now()
	out, err := c.CombinedOutput()
	took := time.Since(began)
	if err != nil {
		return measured{}, fmt.Errorf("%w\n%s", err, out)
	}
	busy := s.processorTime() - before
	n, err := g.answered(out)
	if err != nil {
		return measured{}, err
	}
	if n == 0 {
		return measured{}, fmt.Errorf("no request was answered:\n%s", out)
	}
	cpu := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	return measured{
		rate: n / length.Seconds(),
		cpu:  cpu.Seconds() * 1e6 / n,
		idle: max(0, 1-busy.Seconds()/took.Seconds()),
	}, nil
}
