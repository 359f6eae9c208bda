package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// What is typed wrongly is met with what was wrong, where, and what to do.
func TestWrongCommandLines(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"run.json":   `{"schema":1,"kind":"run","runs":[{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}]}`,
		"sweep.json": "{\n  \"schema\": 1,\n  \"kind\": \"sweep\"\n}\n",
		"empty.json": "",
		"shop.yaml":  "version: 2\nname: shop\ntarget: http://127.0.0.1:1\nphases: [{name: load, kind: hold, duration: 1s, rate: 5/s}]\njourneys:\n  - {name: buy, steps: [{name: login, path: /a}, {name: pay, path: /b}]}\n",
		"gone.yaml":  "version: 2\nname: gone\ntarget:\n  - cached\n  - cachedd\nphases: [{name: load, kind: hold, duration: 1s, rate: 5/s}]\n",
		"ttl.yaml":   "version: 2\nname: ttl\ntarget: {name: cached, ttl: 5x}\nphases: [{name: load, kind: hold, duration: 1s, rate: 5/s}]\n",
		"url.yaml":   "version: 2\nname: url\ntarget: http://h ost\nphases: [{name: load, kind: hold, duration: 1s, rate: 5/s}]\n",
		"slot.yaml":  "version: 2\nname: slot\ntarget: 'http://127.0.0.1:1/{{nothing}}'\nphases: [{name: load, kind: hold, duration: 1s, rate: 5/s}]\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		args string
		code int
		want string
	}{
		{"spike -d 5", exitUsage, "--duration 5: write it as a time with its unit, such as 500ms, 30s or 1h30m (bench spike --help all shows all flags)"},
		{"spike -n many", exitUsage, "--requests many: write it as a whole number that is not negative, such as 100 "},
		{"spike --vus 1.5", exitUsage, "--vus 1.5: write it as a whole number, such as 100 "},
		{"capacity --servers db", exitUsage, "--servers db: write it as a name and a whole number, such as db=10 "},
		{"serve cached --slow 5", exitUsage, "--slow 5: want a share such as 20%, of at most 10000% "},
		{"serve reference --freeze x", exitUsage, "--freeze x: want AT,FOR, such as 5s,2s: after 5 s, for 2 s "},
		{"spike --durtion 5s", exitUsage, "unknown flag: --durtion; did you mean --duration? "},
		{"spike --slo p99<1s", exitUsage, "unknown flag: --slo; that flag is called --threshold here "},
		{"capacity --threshold p99<1s", exitUsage, "unknown flag: --threshold; that flag is called --slo here "},

		{"sustained --threshold errors=5%", exitUsage, "its operator must be <, <=, > or >=, and not ="},
		{"sustained --threshold p99<200ms{x}", exitUsage, "an operator and a limit are missing behind the braces: write p99@spike{GET /products}<200ms"},
		{"run shop.yaml --threshold p99{bye}<1s", exitUsage, `there is no journey or endpoint "bye": there is buy, buy/login, buy/pay`},
		{"gate cached cached -f shop.yaml --slo p99<1s", exitUsage, "slo p99<1s: without braces it is of all requests, and a gate judges whole journeys alone"},
		{"gate cached cached -f shop.yaml --slo p99{buy/pay}<1s", exitUsage, "slo p99{buy/pay}<1s: {buy/pay} names no journey, and a gate judges whole journeys alone"},
		{"gate cached cached --margin 5%", exitUsage, "--margin 5%: it does not say of what: write it as p99=5%"},

		{"spike shop.yaml", exitUsage, `"shop.yaml" is a file and no target: bench run FILE drives a test file, `},
		{"run gone.yaml", exitUsage, `gone.yaml:5: no target "cachedd"; did you mean cached?`},
		{"capacity -f gone.yaml", exitUsage, `gone.yaml:5: no target "cachedd"; did you mean cached?`},
		{"run gone.yaml uncachedd", exitUsage, `bench: no target "uncachedd"; did you mean uncached?`},
		{"run ttl.yaml", exitUsage, `ttl.yaml:3: target "cached:ttl=5x": ttl: "5x": want a time`},
		{"run url.yaml", exitUsage, `url.yaml:3: URL: "h" and what follows it is no host and port`},
		{"run slot.yaml", exitUsage, "slot.yaml:3: URL"},
		{"run shop.yaml --ttl 5s", exitUsage, "bench: --ttl is for the bundled cached"},
		{"run run.json", exitUsage, "run.json: is what bench measured, and no test file: bench report shows it"},
		{"spike -f run.json", exitUsage, "run.json: is what bench measured, and no test file: bench report shows it"},
		{"spike -f missing.yaml", exitUsage, "missing.yaml: there is no such file\n"},
		{"report shop.yaml", exitUsage, "shop.yaml: is a test file, and nothing was measured in it: bench run shop.yaml drives it"},
		{"run sweep.json", exitUsage, "sweep.json: is what bench measured, and no test file: bench report shows it"},
		{"--version", exitUsage, "unknown flag: --version; bench version prints it "},
		{"report missing.json", exitUsage, "missing.json: there is no such file (saved runs are under .bench/)\n"},
		{"report empty.json", exitUsage, "empty.json: is empty: "},
		{"sustained cached --no-save -o json=missing/run.json", exitFailed, "-o json=missing/run.json: cannot be written: there is no directory missing: make it first\n"},

		{"compare http://127.0.0.1:1 http://127.0.0.1:2 --max-time 1s", exitUsage, "the time is too short: it holds 0 quads of 4 rounds of 1s, and 6 are the least; 28s more would do: give a longer --max-time"},
		{"gate cached", exitUsage, "a gate takes an old and a new version, got 1: name both, give --a and --b, or give --baseline NAME in place of the old one"},
		{"capacity http://192.0.2.1", exitUsage, "192.0.2.1 is not on this machine: say with --max-rate how much it may get"},
		{"capacity cached --start 50/s --max-rate 10/s", exitUsage, "--start 50/s: it is above --max-rate 10/s"},
		{"sustained http://127.0.0.1:1 --connect-to 192.0.2.1:80", exitUsage, "--connect-to 192.0.2.1:80 is not on this machine: say with --rate how much it may get"},
		{"sustained http://127.0.0.1:1 --connect-to host", exitUsage, `connect-to "host": give host and port, as in 127.0.0.1:8080`},
		{"baseline sav", exitUsage, `no command "bench baseline sav"; did you mean bench baseline save? (there is list, save, show)`},
		{"completion ksh", exitUsage, `no command "bench completion ksh"`},
	} {
		var stdout, stderr bytes.Buffer
		code := execute(t.Context(), strings.Fields(tc.args), streams{in: strings.NewReader(""), out: &stdout, err: &stderr})
		if code != tc.code || !strings.Contains(stderr.String(), tc.want) || stdout.Len() > 0 {
			t.Errorf("bench %s: exit %d, want %d; %q, want %q; stdout %q", tc.args, code, tc.code, stderr.String(), tc.want, stdout.String())
		}
	}
	for name, near := range map[string]string{
		"BENCH_RAT": "BENCH_RATE", "BENCH_CONECTION": "BENCH_CONNECTIONS", "BENCH_THRESHOLDS": "BENCH_THRESHOLD",
		"BENCH_TOKEN": "", "BENCH_API_KEY": "", "BENCH_LONG": "", "BENCH_URL": "", "BENCH_RATE": "",
	} {
		t.Setenv(name, "1")
		want := "bench: warning: " + name + " is set, and no flag has that variable; did you mean " + near + "?\n"
		if near == "" {
			want = ""
		}
		var stdout, stderr bytes.Buffer
		code := execute(t.Context(), []string{"version"}, streams{in: strings.NewReader(""), out: &stdout, err: &stderr})
		if os.Unsetenv(name); code != exitOK || stderr.String() != want {
			t.Errorf("%s: exit %d, %q, want %q", name, code, stderr.String(), want)
		}
	}
	t.Setenv("BENCH_CONNECTIONS", "many")
	var stderr bytes.Buffer
	if code := execute(t.Context(), []string{"spike", "cached"}, streams{in: strings.NewReader(""), out: &stderr, err: &stderr}); code != exitUsage || !strings.Contains(stderr.String(), "BENCH_CONNECTIONS: --connections many: write it as a whole number") {
		t.Errorf("exit %d, %q", code, stderr.String())
	}
}
