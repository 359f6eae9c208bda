package runfile_test

import (
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Giving up on requests never flatters: what is only known to be longer makes a percentile a lower bound.
func ExampleNewDist() {
	var answered, givenUp []time.Duration
	for i := range 98 {
		answered = append(answered, time.Duration(i+1)*time.Millisecond)
	}
	for range 2 {
		givenUp = append(givenUp, 5*time.Second)
	}
	d := runfile.NewDist(3, answered, givenUp)
	for _, q := range []float64{0.5, 0.99} {
		f := d.Quantile(q)
		fmt.Println(q, f.Value.Round(10*time.Millisecond), "a lower bound:", f.AtLeast)
	}
	// Output:
	// 0.5 50ms a lower bound: false
	// 0.99 5s a lower bound: true
}

// A threshold is judged by the phases of a finished run.
func ExampleThreshold_Judge() {
	run := &runfile.Run{Overall: runfile.Phase{Name: "overall", Requests: runfile.Requests{Due: 1000, Sent: 1000, Succeeded: 990, Failed: 10}}}
	threshold, err := runfile.ParseThreshold("errors<0.5%")
	if err != nil {
		fmt.Println(err)
		return
	}
	result := threshold.Judge(run)
	fmt.Println(result.Passed, result.Sentence)
	// Output:
	// false errors is 1.00 % (10 of 1,000 requests), not below 0.5 %
}
