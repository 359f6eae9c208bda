package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// The workflow of the topic gate, as far as it runs without its host: its files parse, and the step's script maps the exit codes of a
// bench as documented: inconclusive is no failure, a regression is.
func TestWorkflowMapsExitCodes(t *testing.T) {
	gate, _ := topic("gate")
	_, text, _ := strings.Cut(gate, "```yaml\nname: gate\n")
	text, _, found := strings.Cut(text, "```")
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct{ Name, Run string }
		}
	}
	if err := yaml.Unmarshal([]byte("name: gate\n"+text), &workflow); err != nil || !found {
		t.Fatalf("the workflow: %v", err)
	}
	script := ""
	for _, step := range workflow.Jobs["gate"].Steps {
		if step.Name == "gate" {
			script = step.Run
		}
	}
	_, text, _ = strings.Cut(gate, "```yaml\ngate:\n")
	text, _, found = strings.Cut(text, "```")
	var gitlab map[string]struct {
		AllowFailure struct {
			ExitCodes int `yaml:"exit_codes"`
		} `yaml:"allow_failure"`
	}
	if err := yaml.Unmarshal([]byte("gate:\n"+text), &gitlab); err != nil || !found || gitlab["gate"].AllowFailure.ExitCodes != exitInconclusive {
		t.Errorf("the GitLab job: %+v, %v", gitlab, err)
	}
	for code, want := range map[string]int{"0": 0, "3": 3, "4": 0, "5": 5, "130": 130} {
		dir := t.TempDir()
		fake := "#!/bin/sh\n[ \"$1\" = gate ] || exit 99\nexit " + code + "\n"
		if err := os.WriteFile(filepath.Join(dir, "bench"), []byte(fake), 0o700); err != nil {
			t.Fatal(err)
		}
		// As the host runs it: bash -e, with its variables.
		cmd := exec.Command("bash", "-e", "-o", "pipefail", "-c", script)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "RUNNER_TEMP="+dir)
		_ = cmd.Run() // its exit code says it
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("bench exits %s: the step exits %d, want %d", code, got, want)
		}
	}
}

// In a job of GitHub Actions a gate writes the step's summary, and annotates what is not passed.
func TestGateInActions(t *testing.T) {
	t.Parallel()
	summary := filepath.Join(t.TempDir(), "summary.md")
	inActions := []string{"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=" + summary}
	// A busy machine may take most of a short time to start the two.
	var b *started
	code := exitUsage
	for most := 5; code == exitUsage && most < 100; most *= 4 {
		b = startWith(t, inActions, "gate", "reference", "reference", "-r", "200/s", "--round", "100ms", "--max-time", fmt.Sprintf("%ds", most), "--no-save")
		<-b.done
		code = b.ProcessState.ExitCode()
	}
	if code != exitOK && code != exitInconclusive && code != exitLimited {
		t.Fatalf("exit %d: %s", code, b.stderr.String())
	}
	text, err := os.ReadFile(summary)
	if err != nil || !strings.HasPrefix(string(text), "**") || !strings.Contains(string(text), "| --- |") {
		t.Errorf("%v: the summary is %s", err, text)
	}
	if annotated := strings.Contains(b.stderr.String(), "::warning title=bench gate::"); annotated != (code != exitOK) {
		t.Errorf("exit %d, annotated %v: %s", code, annotated, b.stderr.String())
	}
	if !strings.HasPrefix(b.stdout.String(), "::stop-commands::") {
		t.Errorf("the report may hold commands of others: %s", b.stdout.String())
	}
}
