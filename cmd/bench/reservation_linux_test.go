package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/usage"
)

// The second of two benches says that the processors are taken, and is not pinned to them.
func TestTwoBenchesAtOnce(t *testing.T) {
	t.Parallel()
	if len(usage.Usable()) < 2 {
		t.Skip("one processor is never set apart")
	}
	temp := []string{"TMPDIR=" + t.TempDir()} // both have it
	together := func(args ...string) *started { return startWith(t, temp, args...) }
	first := together("sustained", "reference", "-r", "50/s", "-d", "60s", "--no-save", "--before", "touch up")
	within(t, time.Minute, "the first is not up", func() bool {
		_, err := os.Stat(filepath.Join(first.dir, "up"))
		return err == nil
	})
	drive := []string{"sustained", "reference", "-r", "50/s", "-d", "500ms", "--no-save", "-o", "json=run.json"}
	second := together(drive...)
	second.exit(t, exitOK)
	environment := second.run(t).Environment
	says := fmt.Sprintf("another bench (process %d) and its target are pinned to processors ", first.Process.Pid)
	if environment.CPUs != "shared" || environment.TargetCPUs != nil || environment.GeneratorCPUs != nil ||
		!slices.ContainsFunc(environment.Notes, func(n string) bool { return strings.HasPrefix(n, says) }) {
		text, _ := json.Marshal(environment)
		t.Errorf("the second: %s", text)
	}
	if !strings.Contains(strings.Join(strings.Fields(second.stdout.String()), " "), says) {
		t.Errorf("its report does not say so: %s", second.stdout.String())
	}

	// A bench that is killed holds nothing.
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-first.done
	third := together(drive...)
	third.exit(t, exitOK)
	if third.run(t).Environment.CPUs != "split" {
		t.Errorf("the third: %+v", third.run(t).Environment)
	}
}
