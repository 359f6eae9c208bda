// Package exchange is the input and output of every engine: its configuration of a run, and its record of a request. Engines
// and recorders import it; it knows neither of them.
//
//   - exchange.go: an exchange and its outcomes
//   - kinds.go: the names of failures
//   - header.go: an answer's header
//   - later.go: exchanges that follow others
//   - engine.go: the interfaces and the configuration of an engine
//
// Package exchangetest tests an engine against all of this.
package exchange
