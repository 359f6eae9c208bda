package compare_test

import (
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
)

// roundOf is a made-up round of 2 s whose median is the given time.
func roundOf(p50 time.Duration) *runfile.Run {
	return &runfile.Run{
		Verdict: runfile.Verdict{Kind: runfile.Valid},
		Overall: runfile.Phase{
			DurationNS: 2 * time.Second, Requests: runfile.Requests{Due: 2000, Succeeded: 2000},
			ResponseTime: runfile.Dist{Count: 2000, P50NS: p50, P95NS: 2 * p50, P99NS: 3 * p50, P999NS: 4 * p50, MeanNS: p50},
		},
		Requests: runfile.Requests{Due: 2000, Succeeded: 2000},
	}
}

// A gate asks for rounds of old and new, in an order that a drift of the machine cannot favour, until it can decide.
func ExampleTrial() {
	trial, err := compare.NewTrial(compare.Options{
		Arms: []string{"old", "new"}, Quads: 20, Seed: 1, Gate: true, ErrorMargin: 0.001,
		Criteria: []compare.Criterion{{Metric: compare.P50, Margin: 0.05}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := 0; ; i++ {
		step, done := trial.Next()
		if done {
			break
		}
		// Here the arm would be driven. The machine is up to 2 % slower in some rounds, and new by 20 % in all.
		p50 := 10*time.Millisecond + time.Duration(i*7%5)*50*time.Microsecond
		if step.Arm == 1 {
			p50 = p50 * 12 / 10
		}
		trial.Add(roundOf(p50))
	}
	result := trial.Result()
	row, _ := result.Comparisons[0].Row("p50")
	fmt.Println(result.Outcome(), "after", result.Quads, "quads")
	fmt.Printf("new takes %.2f times as long\n", row.Change.Center)
	// Output:
	// regression after 7 quads
	// new takes 1.21 times as long
}
