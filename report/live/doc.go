// Package live shows a run while it goes on: on a terminal a panel that is painted in place, elsewhere, and where the terminal
// belongs to another program just now, a plain line every few seconds.
//
// panel.go makes lines of a [runfile.Progress], which decides everything that is said; spark.go draws its seconds. board.go makes
// lines of what a command that judges has found so far. screen.go paints lines over the ones before with nothing but cursor movement,
// so that the terminal is whole after each write, whatever becomes of bench; terminal_*.go tell its size and whose it is. plain.go
// writes the plain lines. view.go is the goroutine that paints. No key is read and no mode of the terminal is changed.
package live
