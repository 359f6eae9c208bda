package capacity

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestPlanTextRefuses(t *testing.T) {
	files := map[string]string{
		"hole.csv":     "month,peak\n2026-01,100\n2026-02,110\n2026-04,130\n2026-05,140\n",
		"empty.csv":    "2026-01,100\n2026-02,\n2026-03,130\n2026-04,140\n",
		"short.csv":    "2026-01,100\n2026-02,110\n",
		"day.csv":      "0:00,100/s\n6:00,200/s\n18:00,100/s\n",
		"day2.csv":     "0:00,100/s\n6:00,200/s\n12:00,100/s\n",
		"nothing.csv":  "",
		"zero.yaml":    "currency: USD\noffers: [{name: a, hourly: 0}]\n",
		"typo.yaml":    "currency: USD\noffers: [{name: a, hourley: 1}]\n",
		"money.yaml":   "offers: [{name: a, hourly: 1}]\n",
		"negative.yml": "currency: USD\noffers: [{name: a, hourly: 1, spot: -1}]\n",
	}
	read := func(path string) ([]byte, error) {
		if text, ok := files[path]; ok {
			return []byte(text), nil
		}
		return nil, errors.New(path + ": there is no such file")
	}
	for _, tc := range []struct {
		text PlanText
		want string
	}{
		{PlanText{}, "needs the demand"},
		{PlanText{Demand: "0"}, "0/s is no demand"},
		{PlanText{Demand: "-5/s"}, "demand:"},
		{PlanText{Demand: "5 apples"}, "must be a number of requests such as 500/s"},
		{PlanText{Demand: "5", Growth: "4"}, "does not say in how long"},
		{PlanText{Demand: "5", Growth: "4/month"}, "no % sign"},
		{PlanText{Demand: "5", Growth: "4%/week"}, "by month or by year"},
		{PlanText{Demand: "5", Growth: "-100%/month"}, "above −100 %"},
		{PlanText{Demand: "5", Horizon: "soon"}, "no whole number of months"},
		{PlanText{Demand: "5", Horizon: "900"}, "0 to 120"},
		{PlanText{Demand: "5", Horizon: "-1"}, "0 to 120"},
		{PlanText{Demand: "5", Headroom: "30"}, "no percentage such as 30%"},
		{PlanText{Demand: "5", Headroom: "100%"}, "below 100 %"},
		{PlanText{Demand: "5", Survive: "zone"}, "2 zones or more"},
		{PlanText{Demand: "5", Survive: "everything"}, "nothing, instance or zone"},
		{PlanText{Demand: "5", Spike: "0.5"}, "1 or more"},
		{PlanText{Demand: "5", ScaleLag: "3"}, "with a unit"},
		{PlanText{Demand: "5", Fleet: "-1"}, "1 instance or more"},
		{PlanText{Demand: "5", Curve: "day.csv"}, "curve: day.csv:3: 18:00 does not come 360 minutes"},
		{PlanText{Curve: "day2.csv"}, "do not make a day"},
		{PlanText{Peaks: "hole.csv"}, "hole.csv:4: month 2026-04 does not follow"},
		{PlanText{Peaks: "empty.csv"}, "empty.csv:2: there is no rate"},
		{PlanText{Peaks: "short.csv"}, "needs 4"},
		{PlanText{Peaks: "nothing.csv"}, "it is empty"},
		{PlanText{Peaks: "none.csv"}, "no such file"},
		{PlanText{Demand: "5", Prices: "zero.yaml"}, "offer 1 (a): its hourly price must be above 0"},
		{PlanText{Demand: "5", Prices: "typo.yaml"}, "hourley"},
		{PlanText{Demand: "5", Prices: "money.yaml"}, "no currency"},
		{PlanText{Demand: "5", Prices: "negative.yml"}, "0 or more"},
	} {
		if _, err := tc.text.Inputs(nil, read); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%+v: %v, want %q", tc.text, err, tc.want)
		}
	}
	in, err := PlanText{Demand: "5k", Growth: "60%/year"}.Or(PlanText{Demand: "1/s", Survive: "zone:3", Headroom: "30%", Spike: "1.5x", ScaleLag: "3m"}).Inputs(nil, read)
	if err != nil || in.Demand != 5000 || in.Zones != 3 || !near(in.Use, 0.7) || in.Spike != 1.5 || !near(math.Pow(1+in.Growth.Monthly, 12), 1.6) {
		t.Errorf("%+v, %v", in, err)
	}
	if _, err := MakePlan(*in, &Capacity{MaxRate: MaxRate{Outcome: Nowhere}}); err == nil {
		t.Error("a service that meets its objective nowhere got a plan")
	}
}

// Each field is taken from the other text where this one's is empty, and from no other field.
func TestPlanTextOr(t *testing.T) {
	a := PlanText{"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11"}
	b := PlanText{"b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "b9", "b10", "b11"}
	if got := (PlanText{}).Or(b); got != b {
		t.Errorf("%+v", got)
	}
	if got := a.Or(b); got != a {
		t.Errorf("%+v", got)
	}
}
