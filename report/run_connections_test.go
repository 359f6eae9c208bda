package report

import (
	"slices"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestSpokenOver(t *testing.T) {
	for _, tc := range []struct {
		list []runfile.ConnectionFigures
		want []string
	}{
		{nil, nil},
		{[]runfile.ConnectionFigures{{Protocol: "HTTP/1.1", Opened: 32}}, nil},
		{[]runfile.ConnectionFigures{{Protocol: "HTTP/2.0", TLS: "TLS 1.3", Opened: 1}}, []string{"HTTP/2 over 1 connection with TLS 1.3"}},
		{[]runfile.ConnectionFigures{{Protocol: "HTTP/2.0", Opened: 2}}, []string{"HTTP/2 over 2 connections"}},
		{[]runfile.ConnectionFigures{{Protocol: "HTTP/1.1", TLS: "TLS 1.2", Opened: 32, Resumed: 8}}, []string{"HTTP/1.1 over 32 connections with TLS 1.2 (25 % resumed)"}},
	} {
		if got := spokenOver(tc.list); !slices.Equal(got, tc.want) {
			t.Errorf("%+v: %q, want %q", tc.list, got, tc.want)
		}
	}
}
