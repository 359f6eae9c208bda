package loadgen

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// Processor time of bench for each request of a mix of 95 reads and 5 writes at 10,000/s, with versions judged and without, against
// a server in a process of its own:
//
//	go test ./loadgen -run '^$' -bench Consistency -benchtime 50000x -count 10
func BenchmarkConsistency(b *testing.B) {
	url := versionedResponder(b)
	for _, judged := range []bool{false, true} {
		name := "off"
		if judged {
			name = "on"
		}
		b.Run(name, func(b *testing.B) {
			p := versionsPlan(b)
			p.Order, p.Requests[0].Weight, p.Requests[1].Weight, p.Engine = "", 5, 95, runfile.EngineWire
			p.Requests[1].Consistency.Initial = "0"
			for i, what := range []string{"headline", "summary"} {
				p.Requests[i].URL = url + "items/{{zipf 300 1.1}}/" + what
				if !judged {
					p.Requests[i].Consistency, p.Requests[i].Body = nil, ""
				}
			}
			p.Profile.Phases = []profiles.Phase{{Name: "load", Kind: profiles.Hold, Duration: time.Duration(b.N) * 100 * time.Microsecond, From: 10_000, To: 10_000}}
			job, err := p.Compile()
			if err != nil {
				b.Fatal(err)
			}
			before := processorTime(b)
			run, err := job.Drive(b.Context(), Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
			if c := run.Overall.Consistency; (c != nil) != judged || judged && b.N > 1000 && c.Reads == 0 {
				b.Errorf("judged: %+v", c)
			}
		})
	}
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// versionedResponder starts a server that answers everything with the first version, and returns its URL.
func versionedResponder(b *testing.B) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "responder")
	if out, err := exec.Command("go", "build", "-o", program, "./wire/peers/responder").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	c := exec.Command(program, "-version", "0")
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line)
}
