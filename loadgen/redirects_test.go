package loadgen

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// redirecting is a server of which each path leads somewhere. It keeps what was asked, by path.
func redirecting(t *testing.T, elsewhere string) (base string, asked *sync.Map) {
	t.Helper()
	asked = new(sync.Map)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked.Store(r.URL.Path, strings.Join([]string{r.Method, string(body), r.Header.Get("Authorization")}, " "))
		to, status := "/end", http.StatusFound
		switch r.URL.Path {
		case "/end":
			return
		case "/see":
			status = http.StatusSeeOther
		case "/keep":
			status = http.StatusPermanentRedirect
		case "/loop":
			to = "/loop"
		case "/off":
			to, status = elsewhere+"/end", http.StatusTemporaryRedirect
		case "/scheme":
			to = "ftp://127.0.0.1/"
		}
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

// Within a step redirects are followed, and every answer on the way fills the jar; the step's own secrets stay with its host, and a
// cookie goes where it is for.
func TestStepsFollowRedirects(t *testing.T) {
	t.Parallel()
	var there atomic.Value
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		there.Store(r.Header.Get("Cookie") + r.Header.Get("Authorization"))
		http.SetCookie(w, &http.Cookie{Name: "other", Value: "1", Path: "/"})
	}))
	defer other.Close()
	var asked sync.Map
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.Path, r.Header.Get("Cookie")+" "+r.Header.Get("Authorization"))
		to := map[string]string{"/enter": "/way/1", "/way/1": "/way/end", "/off": other.URL + "/"}[r.URL.Path]
		http.SetCookie(w, &http.Cookie{Name: "at" + path.Base(r.URL.Path), Value: "1"}) // of its own directory
		if w.Header().Set("Location", to); to != "" {
			w.WriteHeader(http.StatusFound)
		}
	}))
	defer s.Close()
	otherURL, _ := url.Parse(other.URL)
	step := func(name, at string) request.Step {
		return request.Step{Request: request.Request{Name: name, URL: s.URL + at, Header: http.Header{"Cookie": {"own=1"}, "Authorization": {"secret"}}}}
	}
	steps := []request.Step{step("enter", "/enter"), step("next", "/way/next"), step("off", "/off"), step("last", "/last")}
	steps[3].Header = nil
	p := steady(s.URL, 5*time.Millisecond)
	p.Requests, p.Journeys, p.Follow = nil, []request.Journey{{Name: "j", Steps: steps}}, Follow{Most: 3, Hosts: []string{otherURL.Host}}
	run, err := Drive(t.Context(), p, Options{})
	if err != nil || run.Overall.Journeys[0].Completed != 1 {
		t.Fatalf("%v, %+v", err, run)
	}
	for at, want := range map[string]string{
		"/enter": "own=1 secret", "/way/1": "own=1; atenter=1 secret", "/way/end": "own=1; at1=1; atenter=1 secret",
		"/way/next": "own=1; at1=1; atend=1; atenter=1 secret", "/last": "atenter=1; atoff=1; other=1 ",
	} {
		if got, _ := asked.Load(at); got != want {
			t.Errorf("%s was asked with %q, want %q", at, got, want)
		}
	}
	if got := there.Load(); got != "atenter=1; atoff=1" {
		t.Errorf("the other host was told %q", got) // cookies know no ports (RFC 6265, section 8.5)
	}
}

// What is followed, with what method and credentials, and how it ends, is as with curl --location.
func TestFollow(t *testing.T) {
	t.Parallel()
	other, askedThere := redirecting(t, "")
	base, asked := redirecting(t, other)
	there, _ := url.Parse(other)
	for _, tc := range []struct {
		method, path string
		follow       Follow
		kind         string
		end, there   string // what /end was asked, here and there
	}{
		{"GET", "/a", Follow{Most: 1}, "", "GET  Basic dTpw", ""},
		{"POST", "/a", Follow{Most: 1}, "", "GET  Basic dTpw", ""},
		{"PUT", "/a", Follow{Most: 1}, "", "PUT body Basic dTpw", ""},
		{"PUT", "/see", Follow{Most: 1}, "", "GET  Basic dTpw", ""},
		{"POST", "/keep", Follow{Most: 1}, "", "POST body Basic dTpw", ""},
		{"GET", "/loop", Follow{Most: 3}, "redirect: too many", "", ""},
		{"GET", "/scheme", Follow{Most: 3}, "redirect: not followed", "", ""},
		{"POST", "/off", Follow{Most: 3}, "redirect: not followed", "", ""},
		{"POST", "/off", Follow{Most: 3, Hosts: []string{there.Host}}, "", "", "POST body "},
		{"GET", "/a", Follow{}, "", "", ""},
	} {
		asked.Clear()
		askedThere.Clear()
		p := steady(base, 20*time.Millisecond)
		p.Requests = []request.Request{{URL: base + tc.path, Method: tc.method, Login: "u:p"}}
		if tc.method != "GET" {
			p.Requests[0].Body = "body"
		}
		if tc.there != "" { // spelled otherwise, it is as secret
			p.Requests[0].Login, p.Requests[0].Header = "", http.Header{"authorization": {"Basic dTpw"}}
		}
		p.Follow = tc.follow
		run, err := Drive(t.Context(), p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		n := run.Requests
		if kinds := kindsOf(run); kinds != tc.kind || (kinds == "") != (n.Succeeded == n.Due) || n.Due == 0 || n.Retried > 0 {
			t.Errorf("%s %s, %+v: %+v, failed as %q, want %q", tc.method, tc.path, tc.follow, n, kinds, tc.kind)
		}
		here, _ := asked.Load("/end")
		off, _ := askedThere.Load("/end")
		if got := text(here); got != tc.end {
			t.Errorf("%s %s: the end was asked %q, want %q", tc.method, tc.path, got, tc.end)
		}
		if got := text(off); got != tc.there {
			t.Errorf("%s %s: the other server was asked %q, want %q", tc.method, tc.path, got, tc.there)
		}
		if run.Plan.Follow != tc.follow.Most {
			t.Errorf("the plan says %d", run.Plan.Follow)
		}
	}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func kindsOf(run *runfile.Run) string {
	var list []string
	for _, e := range run.Errors {
		list = append(list, e.Kind)
	}
	return strings.Join(list, ", ")
}

// That a target only redirects is known of each engine's run, and where to.
func TestRedirectsAreCounted(t *testing.T) {
	t.Parallel()
	base, _ := redirecting(t, "https://shop.test:8443")
	for _, engine := range Engines() {
		for path, to := range map[string]string{"/off": "https://shop.test:8443", "/a": ""} {
			p := steady(base, 50*time.Millisecond)
			p.Requests, p.Engine = []request.Request{{URL: base + path}}, engine
			run, err := Drive(t.Context(), p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if r := run.Redirects; r == nil || r.Count != run.Requests.Due || r.To != to {
				t.Errorf("%s, %s: %+v of %d, want them to %q", engine, path, r, run.Requests.Due, to)
			}
		}
	}
}

// Whatever a server writes in Location, what is sent is a request line.
func TestARedirectIsEncoded(t *testing.T) {
	t.Parallel()
	lines := make(chan string, 100)
	address := listen(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			for more := line; more != "\r\n" && err == nil; {
				more, err = in.ReadString('\n')
			}
			answer := "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
			if strings.HasPrefix(line, "GET / ") {
				answer = "HTTP/1.1 302 Found\r\nLocation: d\u00f6ne/%2F?q=\u00fc x&r=%42&s=100%&t=a\"b\r\nContent-Length: 0\r\n\r\n"
			} else {
				lines <- strings.TrimSpace(line)
			}
			io.WriteString(c, answer)
		}
	})
	p := steady("http://"+address, 10*time.Millisecond)
	p.Requests, p.Follow = p.Requests[:1], Follow{Most: 3}
	p.Requests[0].URL = "http://" + address + "/"
	if _, err := Drive(t.Context(), p, Options{}); err != nil {
		t.Fatal(err)
	}
	const want = "GET /d%C3%B6ne/%2F?q=%C3%BC%20x&r=%42&s=100%&t=a%22b HTTP/1.1"
	select {
	case line := <-lines:
		if line != want {
			t.Errorf("sent %q, want %q", line, want)
		}
	default:
		t.Error("the redirect was not followed")
	}
}

func TestEncodedReference(t *testing.T) {
	for ref, want := range map[string]string{
		"/a b%2Fc{d}": "/a%20b%2Fc%7Bd%7D", "http://[::1]:80/\u00fc[?a=[1]#f": "http://[::1]:80/%C3%BC%5B?a=[1]", "//h?q=a b": "//h?q=a%20b",
		"?q=//x y": "?q=//x%20y", "a//b c": "a//b%20c", "https://h": "https://h", "": "", "/100%?a=100%": "/100%?a=100%",
	} {
		if got := request.EncodedReference(ref); got != want {
			t.Errorf("%q: %q, want %q", ref, got, want)
		}
	}
}

// What leads nowhere, or was asked for by its status, is not counted as a redirect.
func TestWhatIsNoRedirect(t *testing.T) {
	asked, err := request.ParseExpect("status=302")
	if err != nil {
		t.Fatal(err)
	}
	body, err := request.ParseExpect("body~ok")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		why      string
		expected []request.Expect
		status   int
		location string
		want     uint64
	}{
		{"a redirect", nil, 302, "/x", 1},
		{"one whose body was asked for", []request.Expect{body}, 302, "/x", 1},
		{"one without Location", nil, 302, "", 0},
		{"one that was asked for", []request.Expect{body, asked}, 302, "/x", 0},
		{"not modified", nil, 304, "/x", 0},
	} {
		var r runfile.Redirects
		x := exchange.Exchange{Status: tc.status, Header: exchange.Header{Fields: http.Header{"Location": {tc.location}}}}
		if leadsElsewhere(x.Status) {
			takeRedirect(&r, &x, tc.expected)
		}
		if r.Count != tc.want {
			t.Errorf("%s: counted %d, want %d", tc.why, r.Count, tc.want)
		}
	}
}

func TestFollowIsChecked(t *testing.T) {
	for _, f := range []Follow{{Most: -1}, {Most: 51}, {Hosts: []string{"a.test"}}, {Most: 1, Hosts: []string{"http://a.test"}}, {Most: 1, Hosts: []string{""}}} {
		if f.validate() == nil {
			t.Errorf("%+v is taken", f)
		}
	}
	p := steady("http://127.0.0.1:1", time.Second)
	p.Follow = Follow{Most: 1, Hosts: []string{"a.test", "b.test:80"}}
	if err := p.Check(); err != nil || p.engine() != runfile.EngineHTTP {
		t.Errorf("%v, by the engine %s", err, p.engine())
	}
	p.Engine = runfile.EngineWire
	if err := p.Check(); len(Engines()) > 1 && (err == nil || !strings.Contains(err.Error(), "does not follow redirects")) {
		t.Errorf("the wire engine: %v", err)
	}
}
