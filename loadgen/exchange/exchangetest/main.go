package exchangetest

import (
	"flag"
	"net/http"
	"runtime"
	"testing"

	"go.uber.org/goleak"
)

// Main is TestMain of a package whose tests mostly wait for servers: four of the parallel ones at once where -parallel does not say
// how many. A loop of the wire engine keeps a processor of the scheduler's while it waits, so there are enough for those that run side
// by side and for their servers. The tests may leave no goroutine behind.
func Main(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", "4")
	}
	runtime.GOMAXPROCS(max(runtime.GOMAXPROCS(0), 12))
	goleak.VerifyTestMain(whole{m})
}

// whole are the tests of a package and the end of the connections that their own clients keep.
type whole struct{ *testing.M }

func (w whole) Run() int {
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	return w.M.Run()
}
