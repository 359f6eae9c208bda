package capacity

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

var update = flag.Bool("update", false, "write capacity.schema.json anew from the types")

func TestSchemaIsThatOfTheTypes(t *testing.T) {
	s, err := generateSchema()
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("capacity.schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(FileSchema, want) {
		t.Fatal("capacity.schema.json is not what the types say; write it anew with: go test ./report/capacity -run TestSchema -update")
	}
}

// saved is a capacity file as a search writes it, with a plan.
func saved(t *testing.T) []byte {
	t.Helper()
	c := Assess(runfile.Target{Name: "service"}, Resources{Processors: 1, Servers: map[string]float64{"db": 4}}, holding(t, 0.001, 0.010, 400, 50, 100, 150, 200, 300, 500))
	in := Inputs{Demand: 5000, Growth: fitGrowth(Peaks{4000, 4150, 4400, 4300, 4800, 5000}), Horizon: 12, Prices: offers, Simulate: true}
	if err := in.Check(); err != nil {
		t.Fatal(err)
	}
	var err error
	if c.Plan, err = MakePlan(in, c); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Encode(&b, []*Capacity{c, c}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFileComesBackWhole(t *testing.T) {
	want := saved(t)
	if !IsFile(want) || IsFile([]byte(`{"schema":1,"runs":[]}`)) || IsFile([]byte(`{"capacity":`)) {
		t.Error("a capacity file is not told from a run file")
	}
	list, err := Decode("c.json", want)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := Encode(&got, list); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("what is read and written again differs:\n%s\n%s", got.Bytes(), want)
	}
	// Other prices for the inputs that it holds.
	in, err := PlanText{Prices: "p.yaml"}.Inputs(&list[0].Plan.Inputs, func(string) ([]byte, error) {
		return []byte("currency: EUR\noffers: [{name: other, hourly: 1}]\n"), nil
	})
	if err != nil || in.Demand != 5000 || in.Growth.Months != 6 || in.Prices.Currency != "EUR" || !in.Simulate {
		t.Errorf("%+v, %v", in, err)
	}
}

func TestDamagedFilesAreRefused(t *testing.T) {
	racetest.Skip(t)
	whole := string(saved(t))
	for _, tc := range []struct{ old, new, want string }{
		{`"schema": 1`, `"schema": 2`, "reads capacity files of schema 1, and it has another"},
		{`"schema": 1,`, ``, "it has another"},
		{`"outcome": "found, not proven"`, `"outcome": "sure"`, "is damaged"},
		{`"purpose": "growth"`, `"purpose": "rocket"`, "is damaged"},
		{`"p99<1s"`, `"rate>5"`, "finds the rate itself"},
		{`"p99<1s"`, `"p99"`, "no operator"},
		{`"served": 50`, `"served": -50`, "its Served is -50"},
		{`"served": 50`, `"served": 1e999`, "c.json:"},
		{`"processors": 1`, `"processors": -1`, "number of processors"},
		{`"rate": 400`, `"rate": 4`, "outside of its interval"},
		{`"horizon_months": 12`, `"horizon_months": 1200000`, "0 to 120 months"},
		{`"monthly": 0.04`, `"monthly": 40.04`, "growth"},
		{`"months": 6`, `"months": 2`, "fitted to 2 months"},
		{`"demand": 5000`, `"demand": 0`, "demand must be above 0"},
		{`"demand": 5000`, `"demand": 1e9`, "a million instances"},
		{`"hourly": 0.1,`, `"hourly": 0,`, "hourly price must be above 0"},
		{`"relative_capacity": 2`, `"relative_capacity": 1e-9`, "0.001 to 1000"},
		{`"max_utilisation": 0.7`, `"max_utilisation": 7`, "at most 100 %"},
		{`"bottleneck": "db"`, `"bottleneck": null`, "is damaged"},
		{whole[len(whole)/2:], ``, "is cut off"},
	} {
		edited := strings.ReplaceAll(whole, tc.old, tc.new)
		if edited == whole {
			t.Errorf("there is no %q to edit", tc.old)
			continue
		}
		if _, err := Decode("c.json", []byte(edited)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q for %q: %v, want %q", tc.new, tc.old, err, tc.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"schema":1,"capacity":{}}`))
	f.Add([]byte(`{"schema":1,"capacity":null,"targets":[null]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if list, err := Decode("c.json", data); err == nil && len(list) == 0 {
			t.Error("nothing was read without an error")
		}
	})
}
