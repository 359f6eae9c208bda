package capacity_test

import (
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/report/capacity"
)

// What a queue of four workers promises: its saturation, and the rate up to which 99 of 100 are answered in time.
func ExampleMMC() {
	queue := capacity.MMC{Workers: 4, ServiceRate: 125}
	fmt.Printf("saturated at %.0f/s\n", queue.Saturation())
	fmt.Printf("P99 below 50 ms up to %.1f/s\n", queue.RateWithin(0.99, 50*time.Millisecond))
	p99, _ := queue.Quantile(450, 0.99)
	fmt.Println("P99 at 450/s:", p99.Round(time.Millisecond))
	// Output:
	// saturated at 500/s
	// P99 below 50 ms up to 383.4/s
	// P99 at 450/s: 98ms
}

// Throughput measured at so many users tells what contention and coherence cost.
func ExampleFitUSL() {
	law := capacity.FitUSL([]capacity.Load{
		{Users: 1, Throughput: 100}, {Users: 2, Throughput: 182}, {Users: 4, Throughput: 308}, {Users: 8, Throughput: 471},
		{Users: 16, Throughput: 640}, {Users: 32, Throughput: 780}, {Users: 64, Throughput: 877},
	}, nil, 1)
	fmt.Printf("λ %.0f/s, σ %.2f\n", law.Lambda.Value, law.Sigma.Value)
	// Output:
	// λ 100/s, σ 0.10
}
