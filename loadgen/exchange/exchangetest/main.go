package exchangetest

import (
	"flag"
	"net/http"
	"testing"

	"go.uber.org/goleak"
)

// Main is TestMain of a package whose tests mostly wait for servers: four of the parallel ones at once where -parallel does not say
// how many. They may leave no goroutine behind.
func Main(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", "4")
	}
	goleak.VerifyTestMain(whole{m})
}

// whole are the tests of a package and the end of the connections that their own clients keep.
type whole struct{ *testing.M }

func (w whole) Run() int {
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	return w.M.Run()
}
