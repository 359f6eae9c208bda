package loadgen

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/targetsfile"
)

// linesOf makes a plan of a targets file, with today's defaults.
func linesOf(t testing.TB, text string, common request.Request) Plan {
	t.Helper()
	list, err := targetsfile.Parse("f", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p := manyEndpoints(0)
	p.Lines, p.Order, p.Group = request.NewLines(list, common, false), runfile.Sequential, runfile.GroupByPattern
	return p
}

// sentOf returns number k of a plan as each engine sends it: method, target, Host, header and body.
func sentOf(t testing.TB, m *request.Mix, k uint64) (wired, handed string) {
	t.Helper()
	encoded, err := wireRequests(m, &Plan{})
	if err != nil {
		t.Fatal(err)
	}
	source := &wireSource{mix: m, requests: encoded, epoch: midday}
	sent, err := source.Render(k, 0)
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.Render(k, midday)
	if err != nil {
		t.Fatal(err)
	}
	out, err := http.NewRequest(r.Method, r.URL.String(), bytes.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	out.URL, out.Header, out.Host = r.URL, r.Header, r.Header.Get("Host")
	var b strings.Builder
	if err := out.Write(&b); err != nil {
		t.Fatal(err)
	}
	return sortedHeader(string(sent.Bytes)), sortedHeader(b.String())
}

func sortedHeader(request string) string {
	head, body, _ := strings.Cut(request, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	first, rest := lines[0], lines[1:]
	header := map[string][]string{}
	for _, l := range rest {
		name, value, _ := strings.Cut(l, ": ")
		header[name] = append(header[name], value)
	}
	return first + " " + fmt.Sprint(header) + " " + body
}

// Each line is sent as it was written, by both engines, and in the order of the file.
func TestLinesAreSentAsWritten(t *testing.T) {
	dir := t.TempDir()
	body := "\x00\xff{{" + strings.Repeat("b", 1000)
	if err := os.WriteFile(filepath.Join(dir, "body"), []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	p := linesOf(t, `GET http://h:81/a%2Fb/c?x=%20&y=1+2
GET http://h:81
GET http://h:81?q=1
POST http://ann:pw@h:81/upload
X-A: 1
X-A: 2
@body

POST http://h:81/b
GET http://other/{{seq}}?p={{pick a/b}}
X-B: {{seq}}
DELETE http://h:81/a%20b/ü?q=ä
GET http://h:81/a%2Fb/c?x=%20&y=1+2
`, request.Request{Header: http.Header{"X-All": {"1"}}, Body: "common {{seq}}", Login: ""})
	m, err := p.mix()
	if err != nil {
		t.Fatal(err)
	}
	const all = "User-Agent:[bench] X-All:[1]]"
	want := []string{
		"GET /a%2Fb/c?x=%20&y=1+2 HTTP/1.1 map[Content-Length:[8] Host:[h:81] " + all + " common 0",
		"GET / HTTP/1.1 map[Content-Length:[8] Host:[h:81] " + all + " common 1",
		"GET /?q=1 HTTP/1.1 map[Content-Length:[8] Host:[h:81] " + all + " common 2",
		"POST /upload HTTP/1.1 map[Authorization:[Basic YW5uOnB3] Content-Length:[1004] Host:[h:81] User-Agent:[bench] X-A:[1 2] X-All:[1]] " + body,
		"POST /b HTTP/1.1 map[Content-Length:[8] Host:[h:81] " + all + " common 4",
		"GET /5?p=a%2Fb HTTP/1.1 map[Content-Length:[8] Host:[other] User-Agent:[bench] X-All:[1] X-B:[5]] common 5",
		"DELETE /a%20b/%C3%BC?q=%C3%A4 HTTP/1.1 map[Content-Length:[8] Host:[h:81] " + all + " common 6",
		"GET /a%2Fb/c?x=%20&y=1+2 HTTP/1.1 map[Content-Length:[8] Host:[h:81] " + all + " common 7",
		"GET /a%2Fb/c?x=%20&y=1+2 HTTP/1.1 map[Content-Length:[8] Host:[h:81] " + all + " common 8",
	}
	for k, w := range want {
		wired, handed := sentOf(t, m, uint64(k))
		if wired != w || handed != w {
			t.Errorf("number %d\n%.200q\n%.200q\nwant\n%.200q", k, wired, handed, w)
		}
	}
	if !reflect.DeepEqual(m.Hosts, []string{"h:81", "other:80"}) {
		t.Errorf("hosts %v", m.Hosts)
	}
	v, err := compiled(t, p).Preview(midday)
	if err != nil {
		t.Fatal(err)
	}
	if got := v.First[0].URL + " " + v.First[3].URL + " " + v.First[5].URL; got != "http://h:81/a%2Fb/c?x=…&y=… http://h:81/upload http://other/5?p=…" {
		t.Errorf("shown: %s", got)
	}
}

// What cannot be sent is refused by its line, and nothing of it is repeated.
func TestLinesThatCannotBeSent(t *testing.T) {
	for text, want := range map[string]string{
		"GET http://h/a\n\nGET http://h:port/":                                              `f:3: `,
		"GET http://h/a\n\nGET http://u:C4N%@h/":                                            `f:3: the user information`,
		"GET http://h/a\n\nGET http://{{seq}}/":                                             `f:3: `,
		"GET http://h/a\n\nGET http://h/{{nothing}}":                                        `f:3: URL: `,
		"GET http://h/a\n\nGET http://h/\nX: ${file:/no/such}":                              `f:4: header X`,
		"GET http://h/a\nX: 1\n\nGET http://h/\n# of it\nA: 1\nx-u : {{C4N}}\nB: 1":         `f:7: header x-u: the {{…}}`,
		"{\"method\":\"GET\",\n\"url\":\"http://h/\",\n\"header\":{\n\"X-U\":\"{{C4N}}\"}}": `f:4: header X-U: the {{…}}`,
		"{\"method\":\"GET\",\"url\":\"http://h/\",\"header\":{\"X-U\":\"{{C4N}}\"}}":       `f:1: header X-U: the {{…}}`,
		"{\"method\":\"GET\",\"url\":\"http:\\/\\/[h\\/C4N\"}":                              `f:1: `,
	} {
		p := linesOf(t, text, request.Request{})
		if err := p.Check(); err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "C4N") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// A large file is compiled once, whoever asks for it, and holds little more than its own bytes: nothing grows with its lines but
// what each of them takes.
func TestManyLinesTakeLittle(t *testing.T) {
	racetest.Skip(t)
	const n = 200_000
	text := manyLines(n)
	size := int64(len(text))
	before := int64(liveHeap())
	list, err := targetsfile.Parse("f", text)
	if err != nil {
		t.Fatal(err)
	}
	p := manyEndpoints(0)
	p.Lines, p.Order, p.Group = request.NewLines(list, request.Request{}, false), runfile.Sequential, runfile.GroupByPattern
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	if took := int64(liveHeap()) - before; took > 24*n {
		t.Errorf("%d lines of %d bytes take %d bytes more than the text, %d each", n, size, took, took/n)
	}
	if allocated := testing.AllocsPerRun(1, func() {
		for range 3 {
			if err := p.Check(); err != nil {
				t.Fatal(err)
			}
		}
	}); allocated > 1000 {
		t.Errorf("checking the plan again allocates %v times", allocated)
	}
	if allocated := testing.AllocsPerRun(1, func() {
		if _, err := targetsfile.Parse("f", text); err != nil {
			t.Fatal(err)
		}
	}); allocated > 1000 {
		t.Errorf("reading allocates %v times", allocated)
	}
	p.Seed++ // as the next step of a search
	if allocated := testing.AllocsPerRun(1, func() {
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
	}); allocated > 1000 {
		t.Errorf("another seed allocates %v times", allocated)
	}
	runtime.KeepAlive(text)
	r, err := p.Record()
	if err != nil || r.Lines != n || r.Grouping != runfile.GroupByPattern || len(r.Endpoints) != 1 || r.Endpoints[0] != (runfile.EndpointRecord{Name: "GET /item/{n}", Method: "GET", Path: "/item/{n}", Weight: n}) {
		t.Errorf("%+v, %v", r, err)
	}
}

func manyLines(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "GET http://127.0.0.1:8080/item/%d\n", i)
	}
	return b.Bytes()
}

// BenchmarkMillionLines is what a command does with a targets file of 1,000,000 lines before its first request.
func BenchmarkMillionLines(b *testing.B) {
	text := manyLines(1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		began := liveHeap()
		list, err := targetsfile.Parse("f", text)
		if err != nil {
			b.Fatal(err)
		}
		p := manyEndpoints(0)
		p.Lines, p.Order, p.Group = request.NewLines(list, request.Request{}, false), runfile.Sequential, runfile.GroupByPattern
		if err := p.Check(); err != nil {
			b.Fatal(err)
		}
		if _, err := newRecording(p); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(liveHeap()-began)/1e6, "MB-beside-text")
		runtime.KeepAlive(p)
	}
}

// A line is rendered without a copy of what others have in common: the wire engine's way allocates nothing.
func TestRenderingALineAllocatesNothing(t *testing.T) {
	p := linesOf(t, string(manyLines(1000)), request.Request{})
	m, err := p.mix()
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := wireRequests(m, &Plan{})
	if err != nil {
		t.Fatal(err)
	}
	source := &wireSource{mix: m, requests: encoded, epoch: time.Now(), buffer: make([]byte, 0, 4096), target: make([]byte, 0, 4096)}
	k := uint64(0)
	if n := testing.AllocsPerRun(2000, func() {
		if _, err := source.Render(k, 0); err != nil {
			t.Fatal(err)
		}
		k++
	}); n != 0 {
		t.Errorf("%v allocations a request", n)
	}
}

// What was understood otherwise than it may have been meant, and what was grouped, is said before the run.
func TestNotesOfATargetsFile(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	var b strings.Builder
	fmt.Fprintf(&b, `{"method":"POST","url":"%s/cart","body":"test"}`, s.URL)
	for i := range 40 {
		fmt.Fprintf(&b, "{\"method\":\"GET\",\"url\":\"%s/item/%d\"}\n", s.URL, i)
	}
	p := linesOf(t, b.String(), request.Request{})
	_, findings := compiled(t, p).Preflight(t.Context(), false)
	for _, want := range []string{`f:1: a "body" is taken for base64, as in vegeta`, "grouped by pattern: GET /item/{n} (40 lines); without grouping"} {
		if !slices.ContainsFunc(findings, func(f preflight.Finding) bool { return strings.Contains(f.Text, want) && !f.Fatal }) {
			t.Errorf("%q is not said: %+v", want, findings)
		}
	}
}
