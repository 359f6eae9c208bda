package main

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/targets"
)

// The plan says what is in effect, flags included, where a service is not as it is by default.
func TestOptionsInEffect(t *testing.T) {
	for _, tc := range []struct {
		text  string
		flags targets.ServeOptions
		want  string
	}{
		{"cached", targets.ServeOptions{}, ""},
		{"cached", targets.ServeOptions{TTL: 5 * time.Minute}, ""},
		{"cached:ttl=5m", targets.ServeOptions{}, ""},
		{"cached", targets.ServeOptions{TTL: time.Second}, "ttl=1s,size=10000,mix=100/0,db-rtt=0s"},
		{"cached:none", targets.ServeOptions{TTL: time.Second}, "strategy=none,mix=95/5,db-rtt=0s"},
		{"pooled", targets.ServeOptions{PoolSize: 4}, "size=4,db-rtt=0s"},
		{"reference", targets.ServeOptions{}, ""},
	} {
		target, err := targets.Parse(tc.text, tc.flags)
		if got := inEffect(target); err != nil || got != tc.want {
			t.Errorf("%s %+v: %q, %v: want %q", tc.text, tc.flags, got, err, tc.want)
		}
	}
}

func TestIsURL(t *testing.T) {
	for name, want := range map[string]bool{
		"http://127.0.0.1/": true, "cached": false, "cached:http://x/": false, "cached://x": false, "HTTP://cached:80": true, "cachd://x": true,
	} {
		if isURL(name) != want {
			t.Errorf("isURL(%q) = %v", name, !want)
		}
	}
}
