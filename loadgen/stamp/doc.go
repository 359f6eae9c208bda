// Package stamp tells when bytes arrived: when the kernel received them, not when a program came to read them. On a busy
// machine the difference, the scheduler's doing, is larger than what is measured.
package stamp
