//go:build !linux || !(amd64 || arm64)

package wire

import (
	"context"
	"errors"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// Supported reports whether this system has the engine.
const Supported = false

// Run returns an error: the engine stands on Linux.
func Run(context.Context, Config, Source, Sink) (exchange.End, error) {
	return exchange.End{}, errors.New("the wire engine runs on Linux only, on amd64 and arm64")
}
