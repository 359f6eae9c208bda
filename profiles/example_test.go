package profiles_test

import (
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/profiles"
)

// A schedule says when each request of a profile is due.
func Example() {
	profile := profiles.Profile{
		Name:     "rise",
		Arrivals: profiles.Even,
		Phases: []profiles.Phase{
			{Name: "calm", Kind: profiles.Hold, Duration: 2 * time.Second, From: 10, To: 10},
			{Name: "rise", Kind: profiles.Ramp, Duration: 2 * time.Second, From: 10, To: 30},
		},
	}
	schedule, err := profiles.NewSchedule(profile, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(schedule.Total(), "requests in", schedule.Duration())
	for _, k := range []uint64{0, 1, 20, 59} {
		at := schedule.At(k)
		fmt.Printf("request %d is due at %v, at a rate of %.1f/s\n", k, at.Round(time.Millisecond), schedule.Rate(at))
	}
	// Output:
	// 60 requests in 4s
	// request 0 is due at 0s, at a rate of 10.0/s
	// request 1 is due at 100ms, at a rate of 10.0/s
	// request 20 is due at 2s, at a rate of 10.0/s
	// request 59 is due at 3.966s, at a rate of 29.7/s
}

// A test file holds a profile, and an error names the line and the way out.
func ExampleParse() {
	file, err := profiles.Parse("shop.yaml", []byte("name: shop\nphases:\n  - {name: calm, kind: hold, duration: 8s, rate: 20/s}\n"))
	fmt.Println(file.Profile.Expected(), "requests", err)
	_, err = profiles.Parse("shop.yaml", []byte("name: shop\nphases:\n  - {name: calm, kind: hold, duration: 8, rate: 20/s}\n"))
	fmt.Println(err)
	// Output:
	// 160 requests <nil>
	// shop.yaml:3: phase "calm": duration must be a number with a unit such as 500ms, 8s or 1h30m, got "8"
}
