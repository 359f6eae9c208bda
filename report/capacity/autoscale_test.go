package capacity

import (
	"testing"
	"time"
)

// halves is a day of one rate until noon and of another after it, by minute, so that it jumps within one.
func halves(before, after float64) Curve {
	curve := make(Curve, 24*60)
	for i := range curve {
		curve[i] = before
		if i >= 720 {
			curve[i] = after
		}
	}
	return curve
}

// Days worked by hand. An instance takes 100/s, of which half may be used; what is asked for comes up after 5 minutes, and
// one at a time goes, 5 minutes apart. Up or starting is what is paid for.
func TestAutoscalingOfHandWorkedDays(t *testing.T) {
	for i, tc := range []struct {
		policy  string
		after   float64
		outside int
		most    int
		minutes float64 // of instances, in a day
		why     string
	}{
		{
			"target tracking", 300, 5, 6, 6*720 + 5*5 + 4*5 + 3*5 + 2*705,
			"at 12:00 six are wanted and two are up, whose 200/s are too few until 12:05; from midnight on one goes each 5 minutes",
		},
		{
			"step", 700, 6, 18, 5*(17+16+15+14+13+12+11+10+9+8+7+6) + 660*5 + (6 + 7 + 8 + 9 + 10 + 11 + 12 + 13 + 14 + 15 + 16 + 17) + 708*18,
			"by day five are up; from 12:00 on one more is asked for each minute until 700/s are at most 40 % of them, which is 18, and the seventh is up at 12:06; at night they go until 100/s are 20 %, which is 5",
		},
		{
			"scheduled", 300, 0, 6, 5*4 + 5*3 + 645*2 + 780*6 + 5*5,
			"the hour from 11:00 ends with 300/s, and is begun at 10:55; at 23:55 the night begins",
		},
	} {
		in := Inputs{Curve: halves(100, tc.after), ScaleLag: 5 * time.Minute, Use: 0.5, Survive: LoseNothing, Horizon: 1, Prices: offers}
		if err := in.Check(); err != nil {
			t.Fatal(err)
		}
		s := simulatePolicies(in, 100, 0.5)[i]
		if s.Policy != tc.policy || s.Outside != tc.outside || s.Most != tc.most || !near(s.Instances, tc.minutes/1440) {
			t.Errorf("%+v, want %s %d minutes outside, at most %d and %v on average: %s", s, tc.policy, tc.outside, tc.most, tc.minutes/1440, tc.why)
		}
		if want := s.Instances * 24 * 0.10; !near(s.Daily, want) {
			t.Errorf("%v a day, want %v", s.Daily, want)
		}
	}
}
