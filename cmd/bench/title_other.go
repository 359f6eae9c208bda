//go:build !linux

package main

// hideArgument does nothing: this system has no way to change what it shows of a process's arguments.
func hideArgument(string) {}
