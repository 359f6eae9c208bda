package targets

import (
	"testing"
)

// startService starts a service for the length of the test.
func startService(tb testing.TB, name string, o StartOptions) *Child {
	tb.Helper()
	o.Progress = func(line string) { tb.Log(line) }
	c, err := Start(tb.Context(), name, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Stop(); err != nil {
			tb.Error(err)
		}
	})
	return c
}
