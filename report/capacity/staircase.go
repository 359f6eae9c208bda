package capacity

// staircaseTries is how often a number of users is driven that bench or its host was too late for.
const staircaseTries = 2

// nextUsers returns the number of users of the next closed step; false where there is none more. With more users than those
// for whom bench's own processors were the limit, they would be so again.
func (s *Search) nextUsers() (users int, more bool) {
	next, tries := 0, 0
	for _, m := range s.steps {
		switch {
		case m.Purpose != Staircase:
		case m.own:
			return 0, false
		default:
			if tries++; !m.spoiled || tries == staircaseTries {
				next, tries = next+1, 0
			}
		}
	}
	if next >= len(s.options.Users) {
		return 0, false
	}
	return s.options.Users[next], true
}

// StaircaseUsers are the numbers of users of the closed staircase, as far as the connections reach; 0 is no limit.
func StaircaseUsers(connections int) (list []int) {
	for n := 1; n <= 64 && (connections == 0 || n <= connections); n *= 2 {
		list = append(list, n)
	}
	return list
}
