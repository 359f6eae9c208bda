//go:build !unix

package usage

// OpenFilesLimit is how many descriptors this process may open; 0 when that is not limited or cannot be read.
func OpenFilesLimit() uint64 { return 0 }

func RaiseOpenFiles() {}
