package loadgen

import (
	"flag"
	"os"
	"testing"
)

// Most of the parallel tests wait for servers: four at once where -parallel does not say how many.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", "4")
	}
	os.Exit(m.Run())
}
