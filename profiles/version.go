package profiles

import (
	"fmt"
	"strconv"
)

// CurrentVersion is the version of a test file whose keys and flags have today's defaults. A file of version 1, or without a
// version, keeps the defaults of the time when it was written.
const CurrentVersion = 2

// AsBefore reports whether the file has the defaults from before there were versions.
func (f File) AsBefore() bool { return f.Version < CurrentVersion }

func parseVersion(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > CurrentVersion {
		return 0, fmt.Errorf("version must be 1 (the defaults of before there were versions) or %d (today's), got %s", CurrentVersion, quote(s))
	}
	return n, nil
}
