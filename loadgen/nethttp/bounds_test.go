package nethttp

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// A body of the longest length is a success, one byte more is not, whether its length was said or not.
func TestLongBodyIsAFailureOfItsOwn(t *testing.T) {
	const longest = 100_000
	for _, tc := range []struct {
		length    int
		outcome   exchange.Outcome
		kind      string
		announced bool
	}{
		{longest, exchange.Succeeded, "", true},
		{longest, exchange.Succeeded, "", false},
		{longest + 1, exchange.Failed, "body too long", true},
		{longest + 1, exchange.Failed, "body too long", false},
		{50 * longest, exchange.Failed, "body too long", false},
	} {
		target := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if tc.announced {
				w.Header().Set("Content-Length", strconv.Itoa(tc.length))
			}
			io.WriteString(w, strings.Repeat("x", tc.length)) // fails when the client has had enough
		})
		r := drive(t, target, 3, Config{MaxBody: longest})
		for _, x := range r.Exchanges {
			if x.Outcome != tc.outcome || x.Kind != tc.kind || x.BytesIn > longest+16<<10 {
				t.Errorf("%d bytes: outcome %d, %q after %d bytes", tc.length, x.Outcome, x.Kind, x.BytesIn)
			}
		}
		if len(r.Exchanges) != 3 {
			t.Errorf("%d bytes: %d recorded of 3", tc.length, len(r.Exchanges))
		}
	}
}
