package request

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// What is taken of an answer, by its place.
func TestTakes(t *testing.T) {
	body := []byte(`{"token":"t","n":9007199254740993,"e":1e400,"null":null,"list":[{"id":1},{"id":2}],"long":"` + strings.Repeat("x", maxTaken+1) + `"}`)
	header := http.Header{"Location": {"/orders/7"}, "Set-Cookie": {"a=1", "b=2; Path=/", "a=3; Secure"}}
	other := "else"
	for text, want := range map[string]string{
		"json:$.token":                 "t",
		"json:$.n":                     "9007199254740993",
		"json:$.e":                     "1e400",
		"json:$.null":                  "",
		"json:$.list":                  "",
		"json:$.list[*].id":            "1",
		"json:$.long":                  "",
		"json:$..*":                    "1e400",
		"header:location":              "/orders/7",
		"header:Location~/orders/(.+)": "7",
		"header:Other":                 "",
		`body~"n":(\d+)`:               "9007199254740993",
		"body~(zzz)":                   "",
		"cookie:a":                     "3",
		"cookie:c":                     "",
	} {
		c, err := compileTake(Take{Name: "name", From: text})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		a := answer{header: header, body: body}
		if got, ok := c.from(&a, 0); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v, want %q", text, got, ok, want)
		}
		c.Else = &other
		if got, ok := c.from(&a, 0); !ok || want == "" && got != other {
			t.Errorf("%s: %q, %v in place of what is missing", text, got, ok)
		}
	}
	c, err := compileTake(Take{Name: "name", From: "json:$.list[*].id", Pick: true})
	if err != nil {
		t.Fatal(err)
	}
	c.picked = profiles.NewStream(1, "pick")
	picked := map[string]int{}
	for k := range uint64(100) {
		text, _ := c.from(&answer{body: body}, k)
		picked[text]++
	}
	if picked["1"] < 30 || picked["2"] < 30 || len(picked) != 2 {
		t.Errorf("picked %v", picked)
	}
}

func named(name, path string) Step {
	return Step{Request: Request{Name: name, URL: "http://h" + path}, Line: 5}
}

// What is wrong with journeys is found before the run, with its line and without what may be a secret.
func TestJourneysAreRefused(t *testing.T) {
	token := []Take{{Name: "token", From: "json:$.token", Line: 7}}
	taking := named("login", "/")
	taking.Take = token
	steps := func(change func(*Step)) Journey {
		s := named("b", "/")
		change(&s)
		return Journey{Name: "j", Steps: []Step{taking, s}}
	}
	takes := func(from string) Journey {
		return steps(func(s *Step) { s.Take = []Take{{Name: "x", From: from, Line: 9}} })
	}
	for want, j := range map[string]Journey{
		"2: two journeys are called \"j\"":       {Name: "j", Line: 2, Steps: []Step{taking}},
		"3: a journey has 1 to 100 steps, got 0": {Name: "x", Line: 3},
		"5: step \"b\": body: the {{…}} of 9 bytes, 0 bytes from its beginning, is no name that this journey declares, and is no value": steps(func(s *Step) { s.Body = "{{tokne}}" }),
		"is of a name that is taken later, by step \"login\"":                                                                           {Name: "x", Steps: []Step{named("a", "/{{token}}"), taking}},
		"4: the name seq hides the value {{seq}}":                                                                                       {Name: "x", Vars: []Var{{"seq", "1", 4}}, Steps: []Step{taking}},
		"4: a name is of letters, digits, _ and -, got \"a b\"":                                                                         {Name: "x", Vars: []Var{{"a b", "1", 4}}, Steps: []Step{taking}},
		"4: var a: the {{…}} of 8 bytes":                                                                                                {Name: "x", Vars: []Var{{"a", "{{zipf}}", 4}}, Steps: []Step{taking}},
		"9: take x: what follows json: is no path":                                                                                      takes("json:$[C4N4RY"),
		"9: take x: the regular expression cannot be read: missing closing )":                                                           takes("body~(C4N4RY"),
		"9: take x: the regular expression after body~ has no group":                                                                    takes("body~C4N4RY"),
		"9: take x: write what is taken as json:PATH":                                                                                   takes("C4N4RY"),
		"9: take x: after cookie: stands the name":                                                                                      takes("cookie:"),
		"step \"b\": while: it repeats as long as it takes id, and takes nothing":                                                       steps(func(s *Step) { s.While = "id" }),
		"step \"b\": path: {{nxt}} is no name that this journey declares":                                                               steps(func(s *Step) { s.Reference = "nxt" }),
		"step \"b\": header Host: no name may stand in it":                                                                              steps(func(s *Step) { s.Header = http.Header{"Host": {"{{token}}"}} }),
		"step \"b\": URL: the host must be the same":                                                                                    steps(func(s *Step) { s.URL = "http://{{token}}/" }),
		"step \"a\": think: nobody thinks before the first step":                                                                        {Name: "x", Steps: []Step{{Request: Request{Name: "a", URL: "http://h/"}, Think: profiles.Think{Mean: 1}}}},
		"step \"a\": chance: a journey begins with its first step":                                                                      {Name: "x", Steps: []Step{{Request: Request{Name: "a", URL: "http://h/"}, Chance: 0.5}}},
		"which need not be asked or may fail":                                                                                           {Name: "x", Steps: []Step{named("a", "/"), {Request: taking.Request, Take: token, Chance: 0.5}, named("c", "/{{token}}")}},
		"takes until it is missing":                                                                                                     {Name: "x", Steps: []Step{{Request: taking.Request, Take: token, While: "token"}, named("c", "/{{token}}")}},
	} {
		_, err := NewJourneyMix([]Journey{{Name: "j", Steps: []Step{taking}}, j}, Selection{})
		bad, placed := errors.AsType[*JourneyError](err)
		if j.Name == "j" && j.Line == 0 { // not about its name
			_, err = NewJourneyMix([]Journey{j}, Selection{})
			bad, placed = errors.AsType[*JourneyError](err)
		}
		if !placed {
			t.Errorf("%s: %v", want, err)
			continue
		}
		text := strings.TrimPrefix(want, "2: ")
		line := 5
		if head, rest, ok := strings.Cut(want, ": "); ok && len(head) == 1 {
			line, text = int(head[0]-'0'), rest
		}
		if !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), "C4N4RY") || bad.Line != line && bad.Line != 0 {
			t.Errorf("line %d: %v, want %q", bad.Line, err, want)
		}
	}
}

// A take that nothing uses is told.
func TestUnusedTakes(t *testing.T) {
	j := Journey{Name: "j", Steps: []Step{named("a", "/"), named("b", "/{{ used }}")}}
	j.Steps[0].Take = []Take{{Name: "used", From: "json:$.a"}, {Name: "unused", From: "json:$.b", Line: 3}}
	if list := UnusedTakes([]Journey{j}); len(list) != 1 || list[0].Name != "unused" || list[0].Line != 3 {
		t.Errorf("unused are %+v", list)
	}
}

// In every step seq is the journey's number and csv its row; all else is drawn anew for each step and time round.
func TestStepsDrawAnew(t *testing.T) {
	file := filepath.Join(t.TempDir(), "users.csv")
	if err := os.WriteFile(file, []byte("name\nann\nbob\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := "/{{seq}}/{{csv " + file + " name}}/{{uniform 1 1000000}}"
	m, err := NewJourneyMix([]Journey{{Name: "j", Steps: []Step{named("a", path), named("b", path)}}}, Selection{Seed: 1, Judged: []runfile.Threshold{{Endpoint: "j"}, {Endpoint: "j/b"}}})
	if err != nil {
		t.Fatal(err)
	}
	if rows := m.FewestRows(); rows != 2 {
		t.Errorf("the users are drawn from %d rows", rows)
	}
	seen := map[string]bool{}
	for s := range m.Journeys[0].Steps {
		for round := range 3 {
			target, err := m.TargetOf(&m.Journeys[0].Steps[s], Draw(5, round), time.Time{}, nil, nil)
			if err != nil || !strings.HasPrefix(string(target), "/5/bob/") {
				t.Errorf("step %d, round %d: %s, %v", s, round, target, err)
			}
			seen[string(target)] = true
		}
	}
	if len(seen) != 6 {
		t.Errorf("drawn are %v", seen)
	}
	if m.Endpoints[1].Name != "j/b" || m.Endpoint(5) != 0 || m.EndpointOf(1) != 1 {
		t.Errorf("endpoints %+v", m.Endpoints)
	}
}

// An expectation may name what the journey knows.
func TestExpectationsNameTexts(t *testing.T) {
	e, err := ParseExpect("json:$.user={{user}}!")
	if err != nil {
		t.Fatal(err)
	}
	s := named("a", "/")
	s.Expect = []Expect{e}
	m, err := NewJourneyMix([]Journey{{Name: "j", Vars: []Var{{Name: "user", Text: "u{{seq}}"}}, Steps: []Step{s}}}, Selection{})
	if err != nil {
		t.Fatal(err)
	}
	j := &m.Journeys[0]
	for body, want := range map[string]string{`{"user":"u7!"}`: "", `{"user":"u8!"}`: "expected another json:$.user"} {
		if got, _ := j.Steps[0].Answer(7, 0, j.Draw(7, time.Time{}), nil, &exchange.Exchange{Status: 200}, Body{Seen: []byte(body)}, 100); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

// Nothing that a server answers makes a take more than a bounded text.
func FuzzTake(f *testing.F) {
	var takes []compiledTake
	for _, from := range []string{"json:$..*", "json:$[?@.a>1].b", "json:$[?@.a==@.b]", "json:$[?length(@.a)>1]", "body~(x.*)", "header:X-A~(.*)", "header:X-A", "cookie:a"} {
		c, err := compileTake(Take{Name: "n", From: from, Pick: true})
		if err != nil {
			f.Fatal(err)
		}
		c.inHeader = true
		takes = append(takes, c)
	}
	f.Add(`{"a":[1,2,{"b":"x"}],"b":2}`, "x")
	f.Add(`[{"a":2,"b":"y"},{"a":1e999},{"a":null,"b":null}]`, "a=1; Path=/")
	f.Add(strings.Repeat("[", 10000), "\r\n")
	f.Fuzz(func(t *testing.T, body, value string) {
		a := answer{header: http.Header{"X-A": {value}, "Set-Cookie": {value}}, body: []byte(body)}
		for i := range takes {
			if text, ok := takes[i].from(&a, 3); ok && (len(text) > maxTaken || hasControl(text)) {
				t.Errorf("%s takes %d bytes: %q", takes[i].From, len(text), text)
			}
		}
	})
}
