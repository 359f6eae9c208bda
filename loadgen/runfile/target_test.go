package runfile

import "testing"

// The port that bench chose for a service of its own is in no series' name; what was typed, or given, stays.
func TestSeriesOfATarget(t *testing.T) {
	for want, target := range map[string]Target{
		"cached":                      {Name: "cached", URL: "http://127.0.0.1:40001", Bundled: true},
		"http://127.0.0.1":            {URL: "http://127.0.0.1:40001", Bundled: true},
		"http://[::1]/":               {URL: "http://[::1]:40001/", Bundled: true},
		"http://127.0.0.1:8080":       {URL: "http://127.0.0.1:8080"},
		"127.0.0.1:8081":              {Name: "127.0.0.1:8081", URL: "http://127.0.0.1:8081", Bundled: true}, // a command serves it
		"shop":                        {Name: "shop", URL: "http://127.0.0.1:8080", Named: true},
		"front":                       {Name: "front", URL: "http://127.0.0.1:40001", Bundled: true, Named: true, Service: "cached"},
		"http://127.0.0.1:1/\x7f bad": {URL: "http://127.0.0.1:1/\x7f bad", Bundled: true},
	} {
		if got := target.Series(); got != want {
			t.Errorf("%+v is of the series %q, want %q", target, got, want)
		}
	}
	if got := (Target{Name: "front", Service: "cached"}).ServiceName(); got != "cached" {
		t.Errorf("the service called front is %q", got)
	}
}

// A target that was given a name is one target wherever it was; two services of one name are not.
func TestTheSameTarget(t *testing.T) {
	a := Target{Name: "shop", URL: "http://127.0.0.1:8080", Named: true}
	for _, tc := range []struct {
		b    Target
		want bool
	}{
		{Target{Name: "shop", URL: "http://127.0.0.1:8081", Named: true}, true},
		{Target{Name: "shop", URL: "http://127.0.0.1:8081"}, false},
		{Target{Name: "shops", URL: "http://127.0.0.1:8080", Named: true}, false},
		{Target{Name: "shop", URL: "http://127.0.0.1:8080", Named: true, Service: "cached"}, false},
	} {
		if a.same(tc.b) != tc.want {
			t.Errorf("%+v and %+v are the same: %v", a, tc.b, !tc.want)
		}
	}
	short, long := Target{Name: "cached", Bundled: true, Options: "ttl=1s"}, Target{Name: "cached", Bundled: true, Options: "ttl=5m"}
	before := Target{Name: "cached", Bundled: true}
	if short.same(long) || !short.same(before) || !short.same(short) {
		t.Error("what is in effect does not tell targets apart, or tells them from those of files that do not say it")
	}
}
