package main

import (
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/spf13/pflag"
)

// What drives a confirmed rate again asks the same of the same service, and repeats no secret.
func TestAConfirmedRateIsDrivenAgain(t *testing.T) {
	pooled := capacity.Capacity{
		Target: runfile.Target{Name: "pooled", Bundled: true}, Objectives: []string{"p99<100ms", "errors<0.1%"},
		MaxRate: capacity.MaxRate{Confirmed: 11066.3},
	}
	url := pooled
	url.Target = runfile.Target{Name: "http://u:pw@127.0.0.1:8080/x?key=1", URL: "http://u:pw@127.0.0.1:8080/x?key=1"}
	url.MaxRate.Confirmed = 2.5
	sized, unproven := pooled, pooled
	sized.Size, unproven.MaxRate.Confirmed = 2, 0
	for _, tc := range []struct {
		c    *capacity.Capacity
		args []string
		want string
	}{
		{&pooled, nil, "bench sustained pooled --rate 10513/s --warm-up 10s --threshold 'p99<100ms' --threshold 'errors<0.1%'"},
		{
			&pooled, []string{"--db", "postgres://u:pw@h/db", "--connections", "64", "-H", "Authorization: pw", "--quiet", "--budget", "1m", "--seed", "3"},
			"bench sustained pooled --rate 10513/s --warm-up 10s --threshold 'p99<100ms' --threshold 'errors<0.1%' --db '…' --connections 64 --header '…'",
		},
		{&url, nil, "bench sustained 'http://127.0.0.1:8080/x?…' --rate 2.38/s --warm-up 10s --threshold 'p99<100ms' --threshold 'errors<0.1%'"},
		{&sized, nil, ""},
		{&unproven, nil, ""},
		{&pooled, []string{"--from", "capacity.json"}, ""},
	} {
		var o capacityOptions
		f := pflag.NewFlagSet("capacity", pflag.ContinueOnError)
		o.addFlags(f)
		if err := f.Parse(tc.args); err != nil {
			t.Fatal(err)
		}
		if got := o.again(tc.c); got != tc.want {
			t.Errorf("%v: got %s\nwant %s", tc.args, got, tc.want)
		}
	}
}
