// Package units writes durations, rates, counts, shares and bytes for people, and reads them from what people write: one
// style for everything that bench prints.
package units
