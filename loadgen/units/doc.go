// Package units writes durations, rates, counts, shares and bytes for people, and reads them from what people write: one
// style for everything that bench prints.
//
//	number.go    rounding, digits and thousands
//	duration.go  durations: measured (Duration), planned (Span), and with three digits for evidence (Precise)
//	words.go     counts, rates, bytes, shares and ratios
//	read.go      numbers and shares as people write them
//
// A figure that is only a lower bound is rounded downwards: the functions that end in Low and AtLeast.
package units
