package usage

// Memory is the resident size, in bytes, of a process and of all that descends from it. False if it cannot be read, or pid is 0.
func Memory(pid int) (bytes uint64, ok bool) {
	if pid == 0 {
		return 0, false
	}
	t, err := newTree(pid, newSystem())
	if err != nil {
		return 0, false
	}
	found, _, err := t.walk()
	if err != nil {
		return 0, false
	}
	for _, p := range found {
		bytes += p.rss
	}
	return bytes, bytes > 0
}
