package runfile

import "testing"

func TestSecondsThatCannotBeAreRefused(t *testing.T) {
	for _, s := range []Interval{
		{Failed: 1, Failures: KindCounts{"timeout": 2}},
		{Failed: 1, Failures: KindCounts{"a": 1 << 63, "b": 1 << 63}},
		{OK: 3, Hits: 2, Misses: 2},
		{OK: 3, Hits: 1 << 63, Misses: 1 << 63},
	} {
		if s.checkKinds(0) == nil {
			t.Errorf("%+v is taken", s)
		}
	}
	if err := (&Interval{OK: 3, Failed: 2, Hits: 2, Misses: 1, Failures: KindCounts{"timeout": 2}}).checkKinds(0); err != nil {
		t.Error(err)
	}
}
