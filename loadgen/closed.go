package loadgen

import (
	"errors"
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/users"
	"github.com/seed-5a006608/bench/profiles"
)

// Closed is the closed model: users who each wait for their answer, think, and ask again. The profile's rate is
// ignored, its length holds.
type Closed struct {
	VUs   int            // number of users; of a profile with a number of its own in each phase, the highest
	Think profiles.Think // after the answer to request k it is drawn from the plan's seed and k
	Start runfile.Start
}

func (c *Closed) validate(p profiles.Profile, connections int) error {
	switch {
	case c.VUs < 1 || c.VUs > profiles.MaxVUs:
		return fmt.Errorf("vus must be 1 to %d, got %d", profiles.MaxVUs, c.VUs)
	case c.VUs > connections:
		return fmt.Errorf("%d users need as many connections, but connections is %d", c.VUs, connections)
	case c.Think.Mean < 0 || c.Think.Low < 0 || max(c.Think.Mean, c.Think.High) > profiles.MaxThink:
		return fmt.Errorf("think time must be at most %v, got %v", profiles.MaxThink, c.Think)
	case c.Start != "" && c.Start != runfile.Together && c.Start != runfile.Spread:
		return fmt.Errorf("users start %s or %s, not %q", runfile.Together, runfile.Spread, c.Start)
	case p.OfUsers() && c.VUs != p.MostVUs():
		return fmt.Errorf("the profile's users are %d at most, not %d", p.MostVUs(), c.VUs)
	}
	return nil
}

// spreads reports whether users who come at one instant begin spread over a think time.
func (c *Closed) spreads() bool { return c.Start == runfile.Spread && c.Think != profiles.Think{} }

// record says of the users what may be written to a file.
func (c *Closed) record(r *runfile.PlanRecord) {
	r.Model, r.VUs, r.ThinkNS = "closed", c.VUs, c.Think.Mean
	if c.Think.Law != profiles.FixedThink {
		r.Think = c.Think.String()
	}
	if c.spreads() {
		r.Start = runfile.Spread
	}
}

// crowd returns the users of one loop of so many, of a run of that length.
func (p Plan) crowd(loop, loops int, length time.Duration) *users.Crowd {
	c := p.Closed
	think, stream := func(uint64) time.Duration { return c.Think.Mean }, profiles.NewStream(p.Seed, "think")
	if c.Think.Law != profiles.FixedThink {
		think = func(k uint64) time.Duration { return c.Think.Draw(stream, k) }
	}
	a := attendance{spans: c.attendance(p.Profile, length), begin: func(float64) time.Duration { return c.Think.Mean }}
	if c.spreads() {
		a.begin = c.Think.Rest
	}
	return users.New(users.Config{
		First: loop, Step: loops, Count: c.usersOf(loop, loops), Length: length, Think: think, Present: a.present,
	})
}

// usersOf returns how many users one loop of so many has: user u is of loop u mod loops.
func (c *Closed) usersOf(loop, loops int) int { return (c.VUs - loop + loops - 1) / loops }

// attendance says when users are there.
type attendance struct {
	spans []attending
	begin func(q float64) time.Duration // how long a user still thinks first who comes as one of several, the share q of them before
}

// attending is a time in which the number of users goes linearly from one to another.
type attending struct {
	start, end time.Duration
	from, to   int
}

func (c *Closed) attendance(p profiles.Profile, length time.Duration) []attending {
	if !p.OfUsers() {
		return []attending{{0, length, c.VUs, c.VUs}}
	}
	var list []attending
	var at time.Duration
	for _, ph := range p.Phases {
		list = append(list, attending{at, at + ph.Duration, ph.FromVUs, ph.ToVUs})
		at += ph.Duration
	}
	return list
}

// of returns the part of the time in which user u is there, which may be empty. A user comes when the line reaches u + 1 and
// goes when it falls below, as in k6.
func (s attending) of(u int) (from, to time.Duration) {
	part := func(of, all int) time.Duration {
		return time.Duration(float64(s.end-s.start) * float64(of) / float64(all))
	}
	switch {
	case u < min(s.from, s.to):
		return s.start, s.end
	case u < s.to:
		return s.start + part(u+1-s.from, s.to-s.from), s.end
	case u < s.from:
		return s.start, s.start + part(s.from-u-1, s.from-s.to)
	}
	return s.end, s.end
}

// present returns the first instant, at or after another, at which a user is there to ask.
func (a attendance) present(u int, at time.Duration) time.Duration {
	before := 0
	for _, s := range a.spans {
		from, to := s.of(u)
		if before <= u && u < s.from && at <= s.start {
			at = s.start + a.begin(float64(u-before)/float64(s.from-before))
		}
		if at = max(at, from); at < to {
			return at
		}
		before = s.to
	}
	return users.Never
}

var errNoUsers = errors.New("the profile says how many users there are when, and the plan is not of the closed model")
