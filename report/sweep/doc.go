// Package sweep compares cells, which are one service with several values of its options, all with each other.
//
// Every pair of cells is tested once, after the last round, on the ratios of its own pairs of rounds, by the method of
// package compare, and all pairs together err with 5 % (Holm). Of two cells that no test told apart the report gives no
// order. [Trial] asks for rounds and takes their runs, without input or output.
//
//   - trial.go, rounds.go: the rounds, and what is read of each
//   - pairs.go: the tests, the places, who is among the best, and of a numeric option the least value that is near them
//   - sweep.go: what comes out, which is the document too; file.go reads it again
//   - answer.go, page.go, picture.go, progress.go: what a person reads of it
package sweep
