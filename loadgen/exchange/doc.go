// Package exchange is what every engine says of a request, and what it is told of a run. The engines import it, and so does
// whoever records what they say; it knows neither of them.
//
// exchange.go has the exchange and its outcomes, kinds.go the names of failures, header.go an answer's header, engine.go
// what goes into an engine and what comes out. Package exchangetest holds an engine to all that.
package exchange
