package loadgen

import (
	"fmt"
	"slices"
	"strings"
)

// EngineHTTP is the engine over net/http, which speaks https, HTTP/2 and through proxies.
const EngineHTTP = "http"

// Engines returns the names of the engines that this system has, as [Plan].Engine takes them.
func Engines() []string { return []string{EngineHTTP} }

// engine returns the name of the engine that drives the plan.
func (p Plan) engine() string {
	if p.Engine == "" {
		return EngineHTTP
	}
	return p.Engine
}

func checkEngine(name string) error {
	if name == "" || slices.Contains(Engines(), name) {
		return nil
	}
	return fmt.Errorf("there is no engine %q here: it is %s", name, strings.Join(Engines(), " or "))
}
