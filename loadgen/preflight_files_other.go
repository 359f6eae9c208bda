//go:build !unix

package loadgen

// openFilesLimit is how many descriptors this process may open; 0 when that is not limited or cannot be read.
func openFilesLimit() uint64 { return 0 }

func raiseOpenFiles() {}
