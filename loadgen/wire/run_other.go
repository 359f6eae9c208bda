//go:build !linux || !(amd64 || arm64)

package wire

import (
	"context"
	"errors"
)

// Supported reports whether this system has the engine.
const Supported = false

// Run returns an error: the engine stands on Linux.
func Run(context.Context, Config, Source, Sink) (End, error) {
	return End{}, errors.New("the wire engine runs on Linux only, on amd64 and arm64")
}
