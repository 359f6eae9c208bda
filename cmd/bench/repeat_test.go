package main

import (
	"testing"

	"github.com/spf13/pflag"
)

// A run's file and report hold the command that made it, and no secret.
func TestADrivingCommandIsRepeated(t *testing.T) {
	for _, tc := range []struct {
		command string
		names   []string
		args    []string
		want    string
	}{
		{"bench spike", nil, nil, "bench spike --seed 1"},
		{"bench run my file.yaml", []string{"cached"}, []string{"--seed", "7", "-v", "-q", "-o", "html=x"}, "bench run 'my file.yaml' cached --seed 7"},
		{"bench sustained", []string{"pooled"}, []string{"--db", "postgres"}, "bench sustained pooled --db postgres --seed 1"},
		{"bench sustained", []string{"pooled"}, []string{"--db", "@dsn.txt"}, "bench sustained pooled --db @dsn.txt --seed 1"},
		{
			"bench sustained", []string{"http://u:pw@127.0.0.1:8080/x?key=1"}, []string{"-r", "50/s", "-d", "30s", "-s", "1s:2/s", "-s", "2s:3/s", "-H", "Authorization: pw", "-u", "u:pw", "--db", "postgres://u:pw@h/db", "--threshold", "p99<1s", "--profile-target"},
			"bench sustained 'http://127.0.0.1:8080/x?…' --rate 50/s --duration 30s --stage 1s:2/s --stage 2s:3/s --header '…' --user '…' --db '…' --threshold 'p99<1s' --profile-target --seed 1",
		},
	} {
		var o driveOptions
		f := pflag.NewFlagSet("drive", pflag.ContinueOnError)
		o.addFlags(f)
		if err := f.Parse(tc.args); err != nil {
			t.Fatal(err)
		}
		if got := o.asCommand(tc.command, tc.names); got != tc.want {
			t.Errorf("got  %s\nwant %s", got, tc.want)
		}
	}
}
