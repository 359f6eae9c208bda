package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

// Long names that begin alike are told apart wherever they stand side by side.
func TestNamesStayApart(t *testing.T) {
	for _, tc := range []struct{ names, want []string }{
		{[]string{"old", "new"}, []string{"old", "new"}},
		{[]string{"a", "checkout-service-new"}, []string{"a", "checkout-servic…"}},
		{[]string{"checkout-service-old", "checkout-service-new"}, []string{"…out-service-old", "…out-service-new"}},
		{[]string{"checkout-service-old-1", "checkout-service-new-1", "b"}, []string{"…t-service-old-1", "…t-service-new-1", "b"}},
		{[]string{"a service of ours, v1, in the far north", "a service of ours, v2, in the far north"}, []string{"a service of ours, v1, in the far north", "a service of ours, v2, in the far north"}},
		{[]string{"サービスサービスサービス旧", "サービスサービスサービス新"}, []string{"…ビスサービス旧", "…ビスサービス新"}},
	} {
		if got := toldApart(tc.names...); !slices.Equal(got, tc.want) {
			t.Errorf("%q: %q, want %q", tc.names, got, tc.want)
		}
	}

	var runs []*runfile.Run
	for _, n := range []string{"checkout-service-old", "checkout-service-new", "checkout-service-new"} {
		runs = append(runs, &runfile.Run{Target: runfile.Target{Name: n}})
	}
	var labels []string
	for _, s := range subjectsOf(runs) {
		labels = append(labels, s.label)
	}
	if want := []string{"…out-service-old", "…out-service-new", "…out-service-… 2"}; !slices.Equal(labels, want) {
		t.Errorf("labels %q, want %q", labels, want)
	}
}

// A report on one target has room for its options.
func TestOneTargetIsNamedInFull(t *testing.T) {
	const full = "cached:write-behind,batch=10,interval=2s"
	one := &runfile.Run{Target: runfile.Target{Name: full}}
	for _, tc := range []struct {
		runs []*runfile.Run
		want string
	}{
		{[]*runfile.Run{one}, full},
		{[]*runfile.Run{one, {Target: runfile.Target{Name: "cached"}}}, "cached:write-be…, cached"},
		{[]*runfile.Run{{}}, "target"},
	} {
		if got := labels(subjectsOf(tc.runs)); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}

// Beside names that are long, the table still shows what it found.
func TestTablesOfLongNames(t *testing.T) {
	for _, tc := range []struct{ a, b, want string }{
		{"pooled:size=4", "pooled", "pooled slower\n"},
		{"127.0.0.1:18081/products/1", "127.0.0.1:18082/products/1", "B slower\n"},
		{"cached HTTP/1.1", "cached HTTP/2", "B slower\n"},
	} {
		c := compared(t, false, 1.5, 0)
		found := &c.Result.Comparisons[0]
		found.A, found.B = tc.a, tc.b
		var text strings.Builder
		if err := WriteComparison(&text, c, Options{Width: page.DefaultWidth}); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(text.String(), tc.want); n != len(found.Rows)-1 { // all but goodput
			t.Errorf("%d of %d rows say %q:\n%s", n, len(found.Rows)-1, tc.want, &text)
		}
		if caption := "A " + tc.a + " · B " + tc.b + "\n"; strings.HasPrefix(tc.want, "B ") != strings.Contains(text.String(), caption) {
			t.Errorf("the letters are not explained, or are not needed:\n%s", &text)
		}
	}
}
