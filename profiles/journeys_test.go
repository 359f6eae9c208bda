package profiles

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

const journeysHead = `name: shop
phases:
  - name: load
    kind: hold
    duration: 10s
    rate: 100/s
`

const journeysFile = journeysHead + `journeys:
  - name: buy
    weight: 3
    vars: {user: "{{csv users.csv name}}", item: 7}
    steps:
      - {name: login, method: POST, path: /login, body: '{"user":"{{user}}"}', take: {token: "json:$.token"}}
      - name: pages
        path: "{{next}}"
        while: next
        headers: ["Authorization: Bearer {{token}}"]
        take:
          - {next: "json:$.next"}
          - {id: "json:$.items[*].id", pick: true, else: "0"}
      - {name: order, path: /orders, expect: status=201, think: 1s..3s, chance: 80%, on-failure: go-on}
      - {name: again, path: "/orders?id={{id}}", repeat: 1..5}
      - {name: out, url: "https://login.test/out?u={{user}}"}
  - {name: look, cookies: off, steps: [{name: home, path: /}]}
`

func TestParseJourneys(t *testing.T) {
	got, err := Parse("shop.yaml", []byte(journeysFile))
	if err != nil {
		t.Fatal(err)
	}
	zero := "0"
	want := []Journey{
		{
			Name: "buy", Weight: 3, Line: 8, Vars: []Var{{"user", "{{csv users.csv name}}", 10}, {"item", "7", 10}},
			Steps: []JourneyStep{
				{Request: Request{Name: "login", Method: "POST", Path: "/login", Body: `{"user":"{{user}}"}`, Line: 12}, Take: []Take{{Name: "token", From: "json:$.token", Line: 12}}},
				{
					Request: Request{Name: "pages", Path: "{{next}}", Headers: []string{"Authorization: Bearer {{token}}"}, Line: 13}, While: "next",
					Take: []Take{{Name: "next", From: "json:$.next", Line: 18}, {Name: "id", From: "json:$.items[*].id", Pick: true, Else: &zero, Line: 19}},
				},
				{
					Request: Request{Name: "order", Path: "/orders", Expect: []Text{{"status=201", 20}}, Line: 20}, Chance: 0.8, GoOn: true,
					Think: Think{Law: UniformThink, Mean: 2 * time.Second, Low: time.Second, High: 3 * time.Second},
				},
				{Request: Request{Name: "again", Path: "/orders?id={{id}}", Line: 21}, Repeat: [2]int{1, 5}},
				{Request: Request{Name: "out", Line: 22}, URL: "https://login.test/out?u={{user}}"},
			},
		},
		{Name: "look", NoCookies: true, Line: 23, Steps: []JourneyStep{{Request: Request{Name: "home", Path: "/", Line: 23}}}},
	}
	if !reflect.DeepEqual(got.Journeys, want) {
		t.Errorf("journeys %+v\nwant     %+v", got.Journeys, want)
	}
	again, err := Parse("again.yaml", got.YAML())
	if err != nil {
		t.Fatalf("%v in\n%s", err, got.YAML())
	}
	for _, list := range [][]Journey{again.Journeys, want} {
		for i := range list {
			list[i].Line = 0
			for n := range list[i].Vars {
				list[i].Vars[n].Line = 0
			}
			for n := range list[i].Steps {
				s := &list[i].Steps[n]
				s.Line = 0
				for e := range s.Expect {
					s.Expect[e].Line = 0
				}
				for k := range s.Take {
					s.Take[k].Line = 0
				}
			}
		}
	}
	if !reflect.DeepEqual(again.Journeys, want) {
		t.Errorf("written and read, it is %+v\nand was %+v", again.Journeys, want)
	}
}

func TestParseRefusesBadJourneys(t *testing.T) {
	step := func(text string) string { return "- {name: j, steps: [{name: a, path: /}, " + text + "]}" }
	for text, want := range map[string]string{
		"":                              `f.yaml:7: journeys must be a list`,
		"- {name: j}":                   `f.yaml:8: journey 1: steps missing`,
		"- steps: [{name: a, path: /}]": `f.yaml:8: journey 1: name missing`,
		"- {name: a/b, steps: [{name: a, path: /}]}":                                           `journey 1: name holds no slash, brace or space`,
		"- {name: 'a b', steps: [{name: a, path: /}]}":                                         `journey 1: name holds no slash, brace or space`,
		"- {name: j, step: []}":                                                                `journey 1: unknown key "step": did you mean "steps"?`,
		"- {name: j, cookies: some, steps: []}":                                                `journey 1: cookies are on or off, got "some"`,
		"- {name: j, weight: 0, steps: [{name: a, path: /}]}":                                  `journey 1: weight must be a number above 0`,
		"- {name: j, steps: [{path: /}]}":                                                      `journey 1: step 1: name missing`,
		"- {name: j, steps: [{name: 'a{', path: /}]}":                                          `journey 1: step 1: name holds no slash`,
		"- {name: j, steps: [{name: a, path: /, think: 1s}]}":                                  `journey 1: step 1: think stands before the step`,
		"- {name: j, steps: [{name: a, path: /, chance: 10%}]}":                                `journey 1: step 1: chance: a journey begins with its first step`,
		step("{name: a, path: /}"):                                                             `journey 1: step "a": there is one of that name already, on line 8`,
		step("{name: b}"):                                                                      `journey 1: step 2: path missing`,
		step("{name: b, path: /, url: 'http://h/'}"):                                           `journey 1: step 2: path and url both say where it goes`,
		step("{name: b, url: /x}"):                                                             `journey 1: step 2: url must be http`,
		step("{name: b, url: 'https://{{host}}/'}"):                                            `journey 1: step 2: url must be http`,
		step("{name: b, url: 'https://u:p@h/'}"):                                               `journey 1: step 2: url must be http`,
		step("{name: b, path: x}"):                                                             `journey 1: step 2: path must begin with a slash`,
		step("{name: b, path: '{{next}}/x'}"):                                                  `journey 1: step 2: path must begin with a slash`,
		step("{name: b, path: /, think: soon}"):                                                `journey 1: step 2: think time must be`,
		step("{name: b, path: /, chance: 0%}"):                                                 `journey 1: step 2: chance must be a share above 0`,
		step("{name: b, path: /, chance: 80}"):                                                 `journey 1: step 2: chance must be a share above 0`,
		step("{name: b, path: /, repeat: 5..1}"):                                               `journey 1: step 2: repeat must be a number of times`,
		step("{name: b, path: /, repeat: 2, while: x}"):                                        `journey 1: step 2: repeat and while both say`,
		step("{name: b, path: /, on-failure: stop}"):                                           `journey 1: step 2: on-failure is end, or go-on`,
		step("{name: b, path: /, take: x}"):                                                    `journey 1: step 2: take: a take is a mapping`,
		step("{name: b, path: /, take: {else: x}}"):                                            `journey 1: step 2: take takes nothing`,
		step("{name: b, path: /, take: {a: json:$, pick: all}}"):                               `journey 1: step 2: take: pick is true or false`,
		step("{name: b, path: /, takes: {a: x}}"):                                              `journey 1: step 2: unknown key "takes": did you mean "take"?`,
		"- {name: j, steps: [{name: a, path: /}]}\n  - {name: j, steps: [{name: a, path: /}]}": `f.yaml:9: journey "j": there is one of that name already, on line 8`,
		"- {name: j, steps: [{name: a, path: /}]}\nrequests:\n  - path: /":                     `f.yaml:9: journeys and requests do not go together`,
		"- {name: j, steps: [{name: a, path: /}]}\norder: random":                              `f.yaml:9: journeys and order do not go together`,
	} {
		_, err := Parse("f.yaml", []byte(journeysHead+"journeys:\n  "+text+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "f.yaml:") {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
	}
}
