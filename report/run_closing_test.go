package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestNotes(t *testing.T) {
	a, b := told("a", spikePhases(600), ms), told("b", spikePhases(600), ms)
	a.Environment.Notes = []string{"shares its host.", "clock hpet"}
	b.Environment.Notes = []string{"shares its host."}
	b.Environment.Processors = 4
	b.Phases[2].Recovery = &runfile.Recovery{State: runfile.NotMeasurable, Reason: "the baseline has 3 seconds."}
	want := []string{
		"these runs were made in different environments, which alone may explain what differs",
		"b: the time to recover is not measurable: the baseline has 3 seconds",
		"shares its host", "clock hpet", // each once
	}
	if got := notesOf(subjectsOf([]*runfile.Run{a, b}), testCaller); !slices.Equal(got, want) {
		t.Errorf("notes %q, want %q", got, want)
	}
}

// Users who ask in step are told, with the flag that parts them.
func TestUsersInStepAreNoted(t *testing.T) {
	for start, want := range map[runfile.Start]string{
		"":             "a: its users ask in step, 97 % of the requests in the fullest twentieth of each second: --start spread begins them apart, and a think time that varies (--think 1s±50%) keeps them so",
		runfile.Spread: "a: its users ask in step, 97 % of the requests in the fullest twentieth of each second: a think time that varies lets them come apart (--think 1s±50%)",
	} {
		run := told("a", spikePhases(600), ms)
		run.Plan.Model, run.Plan.Start, run.InStep = "closed", start, 0.97
		if got := notesOf(subjectsOf([]*runfile.Run{run}), testCaller); len(got) != 1 || got[0] != want {
			t.Errorf("start %q: notes %q, want %q", start, got, want)
		}
	}
}

// Of users who think shorter than a second the window is said.
func TestUsersInStepOfAShortThinkTimeAreNoted(t *testing.T) {
	run := told("a", spikePhases(600), ms)
	run.Plan.Model, run.InStep, run.InStepOfNS = "closed", 0.97, 200*ms
	if got := notesOf(subjectsOf([]*runfile.Run{run}), testCaller); len(got) != 1 || !strings.Contains(got[0], "97 % of the requests in the fullest 50 ms of each 200 ms: --start spread") {
		t.Errorf("notes %q", got)
	}
}

func TestAdviceAlreadyFollowedIsLeftOut(t *testing.T) {
	run := told("a", spikePhases(600), ms)
	for _, tc := range []struct {
		o    Options
		want string
	}{
		{Options{}, "\nnext: -v (every phase, endpoint and resource)\n"},
		{Options{Verbose: true}, "\n"},
		{Options{Saved: "a b.json", Verbose: true}, "\nsaved a b.json · again: bench report 'a b.json'\n"},
		{Options{Saved: "x.json", Next: []string{"bench list"}}, "\nsaved x.json · again: bench report x.json\nnext: bench list · -v (every phase, endpoint and resource)\n"},
	} {
		got := render(t, tc.o, run)
		if !strings.HasSuffix(got, tc.want) || tc.o.Verbose && strings.Contains(got, "-v (") {
			t.Errorf("%+v ends with %q, want %q", tc.o, got[len(got)-80:], tc.want)
		}
	}
}

func TestNoColourByDefault(t *testing.T) {
	run := told("a", spikePhases(600), ms)
	if got := render(t, Options{}, run); strings.Contains(got, "\x1b") {
		t.Error("a report without colour holds an escape sequence")
	}
	if got := render(t, Options{Color: true}, run); !strings.Contains(got, green+"VALID"+reset) || !strings.Contains(got, bold+"The service") {
		t.Errorf("the verdict and the answer are not coloured: %q", got)
	}
}
