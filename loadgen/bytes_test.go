package loadgen

import (
	"bufio"
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// wireTap is a server that keeps each request as it came, byte by byte, and answers 200.
type wireTap struct {
	url string

	mu       sync.Mutex
	requests []string
}

func newWireTap(t *testing.T) *wireTap {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	tap := &wireTap{url: "http://" + l.Addr().String()}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go tap.serve(c)
		}
	}()
	return tap
}

func (tap *wireTap) serve(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		request, err := readRaw(in)
		if err != nil {
			return // the client is gone
		}
		tap.mu.Lock()
		tap.requests = append(tap.requests, request)
		tap.mu.Unlock()
		if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"); err != nil {
			return
		}
	}
}

// readRaw reads a request without making anything of it but its length.
func readRaw(in *bufio.Reader) (string, error) {
	var raw strings.Builder
	length := 0
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return "", err
		}
		raw.WriteString(line)
		name, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return "", err
			}
		}
		if line == "\r\n" {
			break
		}
	}
	_, err := io.CopyN(&raw, in, int64(length))
	return raw.String(), err
}

// asSent drives so many requests, one after the other, with an engine, and returns each as it was sent.
func asSent(t *testing.T, engine string, r request.Request, n uint64) []string {
	t.Helper()
	tap := newWireTap(t)
	r.URL = strings.Replace(r.URL, "http://host", tap.url, 1)
	run, err := Drive(t.Context(), Plan{
		Target: runfile.Target{Name: "tap", URL: tap.url}, Engine: engine, Requests: []request.Request{r}, Seed: 1,
		Profile: profiles.Profile{Name: "one", Arrivals: profiles.Even, Phases: []profiles.Phase{
			{Name: "load", Kind: profiles.Hold, Duration: time.Minute, From: 1, To: 1}}},
		Closed: &Closed{VUs: 1}, Limits: Limits{Requests: n, Timeout: time.Minute},
	}, Options{})
	if err != nil {
		t.Fatalf("%s, %q: %v", engine, r.URL, err)
	}
	if run.Requests.Succeeded != n {
		t.Fatalf("%s, %q: %d of %d succeeded: %+v", engine, r.URL, run.Requests.Succeeded, n, run.Errors)
	}
	tap.mu.Lock()
	defer tap.mu.Unlock()
	return tap.requests
}

// target returns the target of a request.
func target(request string) string {
	line, _, _ := strings.Cut(request, " HTTP/1.1\r\n")
	_, of, _ := strings.Cut(line, " ")
	return of
}

// lines returns a request's header lines, sorted.
func headerLines(request string) []string {
	head, _, _ := strings.Cut(request, "\r\n\r\n")
	list := strings.Split(head, "\r\n")[1:]
	slices.Sort(list)
	return list
}

// A request's target is sent as it was written; what may not stand in it is encoded, and nothing is twice.
func TestTargetIsSentAsItWasWritten(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		url  string
		want []string // of the first requests
	}{
		{"http://host", []string{"/"}},
		{"http://host/a%2Fb|c", []string{"/a%2Fb%7Cc"}},
		{"http://host/a%2Fb/ü", []string{"/a%2Fb/%C3%BC"}},
		{"http://host/x%41{y}", []string{"/x%41%7By%7D"}},
		{"http://host/%e2%82%ac/%7e", []string{"/%e2%82%ac/%7e"}},
		{`http://host/a b"<>\^` + "`[]\x01\x7f\xff", []string{"/a%20b%22%3C%3E%5C%5E%60%5B%5D%01%7F%FF"}},
		{"http://host/-._~!$&'()*+,;=:@//./../", []string{"/-._~!$&'()*+,;=:@//./../"}},
		{"http://host/%", nil},
		{"http://host//two", []string{"//two"}},
		{"http://host?q=ü", []string{"/?q=%C3%BC"}},
		{"http://host/?q=a b", []string{"/?q=a%20b"}},
		{"http://host/?q=a+b&r=%2b%20&s", []string{"/?q=a+b&r=%2b%20&s"}},
		{`http://host/?q="<>` + "\t\x7f\x80", []string{"/?q=%22%3C%3E%09%7F%80"}},
		{"http://host/?a[]={b}|^`\\'?/:@&x=y;z", []string{"/?a[]={b}|^`\\'?/:@&x=y;z"}},
		{"http://host/p?", []string{"/p?"}},
		{"http://host/p??", []string{"/p??"}},
		{"http://host/p?q=%", nil},
		{"http://host/p#part%zz", []string{"/p"}},
		{"http://host/p?q=1#part", []string{"/p?q=1"}},
		{"http://host#{{seq}}?q", []string{"/"}},
		{"http://host?id={{seq}}", []string{"/?id=0", "/?id=1", "/?id=2"}},
		{"http://host?u={{pick a/b&c}}&v={{pick ü}}", []string{"/?u=a%2Fb%26c&v=%C3%BC"}},
		{"http://host/{{pick a/b?c}}/ü?{{pick a/b#c}}#x", []string{"/a%2Fb%3Fc/%C3%BC?a%2Fb%23c"}},
		{"http://host/{{seq}}%41{{seq}}{z}", []string{"/0%410%7Bz%7D", "/1%411%7Bz%7D"}},
		{"http://host/{{{{seq}}?q={{{{seq}}{{seq}}", []string{"/%7B%7Bseq%7D%7D?q={{seq}}0"}},
		{"http://us%40er:p%2Fw@host/a%2Fb", []string{"/a%2Fb"}},
	} {
		if tc.want == nil {
			if err := (request.Request{URL: tc.url}).Check(); err == nil {
				t.Errorf("%q was taken", tc.url)
			}
			continue
		}
		url := strings.Replace(tc.url, "http://us%40er:p%2Fw@host", "http://host", 1)
		for _, engine := range Engines() {
			var got []string
			for _, r := range asSent(t, engine, request.Request{URL: url}, uint64(len(tc.want))) {
				got = append(got, target(r))
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("%s, %q: sent %q, want %q", engine, tc.url, got, tc.want)
			}
		}
	}
}

// The bytes of a body are sent unchanged, whatever they look like; text is a template.
func TestBodyIsSentAsItWasGiven(t *testing.T) {
	t.Parallel()
	blob := make([]byte, 5_000_000)
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(blob) // it never fails
	copy(blob[1000:], "{{ {{seq}} ${env:HOME} {{{{")
	for _, tc := range []struct {
		request request.Request
		want    string // of request 0
	}{
		{request.Request{Body: string(blob), Verbatim: true}, string(blob)},
		{request.Request{Body: `{"msg":"Hello {{{{name}}", "n": {"k":{{seq}}}}`}, `{"msg":"Hello {{name}}", "n": {"k":0}}`},
		{request.Request{Body: "{{{{seq}}", Verbatim: true}, "{{{{seq}}"},
	} {
		tc.request.URL, tc.request.Method = "http://host/", http.MethodPost
		for _, engine := range Engines() {
			_, got, _ := strings.Cut(asSent(t, engine, tc.request, 1)[0], "\r\n\r\n")
			if got != tc.want {
				t.Errorf("%s, %.40q: sent %d bytes %.40q, want %d bytes %.40q", engine, tc.request.Body, len(got), got, len(tc.want), tc.want)
			}
		}
	}
}

// Header names are sent as they are spelled, and are the headers that they are.
func TestHeaderNamesKeepTheirSpelling(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		header http.Header
		want   []string // sorted, beside Host and User-Agent unless one is given
		kept   bool
	}{
		{http.Header{"X-ACCOUNT-ID": {"1"}, "x-lower": {"2"}, "SOAPAction": {"u"}, "X-Plain": {"3"}},
			[]string{"Host: HOST", "SOAPAction: u", "User-Agent: bench", "X-ACCOUNT-ID: 1", "X-Plain: 3", "x-lower: 2"}, true},
		{http.Header{"X-Plain": {"1", "2"}}, []string{"Host: HOST", "User-Agent: bench", "X-Plain: 1", "X-Plain: 2"}, false},
		{http.Header{"user-agent": {"me", "too"}}, []string{"Host: HOST", "user-agent: me"}, true},
		{http.Header{"USER-AGENT": {""}}, []string{"Host: HOST"}, true},
		{http.Header{"user-agent": {"me{{seq}}"}}, []string{"Host: HOST", "user-agent: me0"}, true},
		{http.Header{"hOST": {"shop.example"}}, []string{"Host: shop.example", "User-Agent: bench"}, false},
		{http.Header{"content-type": {"text/csv"}, "accept-encoding": {"gzip"}},
			[]string{"Host: HOST", "User-Agent: bench", "accept-encoding: gzip", "content-type: text/csv"}, true},
		{http.Header{"authorization": {"Basic x"}}, []string{"Host: HOST", "User-Agent: bench", "authorization: Basic x"}, true},
		{http.Header{"X-TWO": {"1"}, "x-two": {"2"}}, []string{"Host: HOST", "User-Agent: bench", "x-two: 1", "x-two: 2"}, true},
	} {
		for _, engine := range Engines() {
			sent := asSent(t, engine, request.Request{URL: "http://host/", Header: tc.header}, 1)[0]
			got := headerLines(sent)
			for i, line := range got {
				if strings.HasPrefix(line, "Host: 127.0.0.1:") {
					got[i] = "Host: HOST"
				}
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("%s, %v: sent %q, want %q", engine, tc.header, got, tc.want)
			}
		}
		record, err := (Plan{Requests: []request.Request{{URL: "http://host/", Header: tc.header}}, Profile: shortSpike()}).Record()
		if err != nil || (record.HeaderCase == runfile.HeadersKept) != tc.kept {
			t.Errorf("%v: the plan says %q, %v", tc.header, record.HeaderCase, err)
		}
	}
}

// The later spelling of a name is sent, once, with the values of all.
func TestTwoSpellingsAreOneHeader(t *testing.T) {
	h := map[string][]string{}
	request.AddHeader(h, "X-Two", "1")
	request.AddHeader(h, "x-two", "2")
	request.AddHeader(h, "X-TWO", "3")
	if len(h) != 1 || !slices.Equal(h["X-TWO"], []string{"1", "2", "3"}) {
		t.Errorf("added: %v", h)
	}
	request.SetHeader(h, "x-Two", []string{"4"})
	if len(h) != 1 || !slices.Equal(h["x-Two"], []string{"4"}) {
		t.Errorf("set: %v", h)
	}
	if c := request.CanonicalHeader(h); len(c) != 1 || !slices.Equal(c["X-Two"], []string{"4"}) {
		t.Errorf("canonical: %v", c)
	}
}

// A header's spelling changes nothing of what is drawn in it: runs of before mean what they meant.
func TestSpellingDrawsTheSame(t *testing.T) {
	draw := func(name string) string {
		m, err := request.NewMix([]request.Request{{URL: "http://h/", Header: http.Header{name: {"{{uuid}}"}}}}, request.Selection{Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.Render(5, midday)
		if err != nil {
			t.Fatal(err)
		}
		return r.Header[name][0]
	}
	if a, b := draw("X-Id"), draw("x-ID"); a != b {
		t.Errorf("%s and %s", a, b)
	}
}

// Over HTTP/2 a target is sent as over HTTP/1.1, and all header names are lowered, which net/http's server refuses otherwise.
func TestTargetAndHeadersOverHTTP2(t *testing.T) {
	t.Parallel()
	got := make(chan *http.Request, 1)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r }))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	_, err := Drive(t.Context(), Plan{
		Target: runfile.Target{Name: "h2", URL: s.URL}, TLS: TLS{Insecure: true}, Seed: 1,
		Requests: []request.Request{{URL: s.URL + "/a%2Fb|c/x%41?q=ü{}|", Header: http.Header{"X-ACCOUNT-ID": {"1"}, "uSER-agent": {"me"}, "host": {"shop.example"}}}},
		Profile: profiles.Profile{Name: "one", Arrivals: profiles.Even, Phases: []profiles.Phase{
			{Name: "load", Kind: profiles.Hold, Duration: time.Minute, From: 1, To: 1}}},
		Closed: &Closed{VUs: 1}, Limits: Limits{Requests: 1, Timeout: time.Minute},
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := <-got
	if r.ProtoMajor != 2 || r.RequestURI != "/a%2Fb%7Cc/x%41?q=%C3%BC{}|" || r.Host != "shop.example" {
		t.Errorf("%s %s to %s", r.Proto, r.RequestURI, r.Host)
	}
	if want := (http.Header{"X-Account-Id": {"1"}, "User-Agent": {"me"}}); !headersEqual(r.Header, want) {
		t.Errorf("header %v, want %v", r.Header, want)
	}
}

func headersEqual(a, b http.Header) bool {
	if len(a) != len(b) {
		return false
	}
	for name, values := range a {
		if !slices.Equal(values, b[name]) {
			return false
		}
	}
	return true
}

// Both engines send the same head for a URL, and for one without oddities what net/http's client does.
func FuzzURL(f *testing.F) {
	for _, seed := range []string{
		"", "/", "/a%2Fb|c", "/a%2Fb/ü", "/x%41{y}", "?q=ü", "?q=a b", "/%", "/%4", "?%zz", "/a?b#c%", "#", "/{{seq}}", "?id={{seq}}",
		"/{{pick a/b c}}?u={{pick a/b c#}}", "/{{{{seq}}", "/{{x}}", "//two", "/p?", "/p??", "/*", "*", "/;a=b,c", "/\x00\x7f\xff", "/[x]", "/!'()*",
		"/.././", "/:@&=+$", "/{{now}}{{uuid}}{{uniform -5 5}}", "/{{csv request/testdata/users.csv name}}", ":80/", "@x/", "/" + strings.Repeat("a", 300),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, rest string) {
		raw := "http://host" + rest
		m, err := request.NewMix([]request.Request{{URL: raw}}, request.Selection{Seed: 1})
		if err != nil {
			if inside := between(rest); len(inside) > 8 && !strings.ContainsAny(inside, "{}") && strings.Contains(err.Error(), inside) {
				t.Errorf("%q: the error repeats what stood between braces: %v", raw, err)
			}
			return
		}
		encoded, err := wireRequests(m, &Plan{})
		if err != nil {
			return // a host that cannot be sent
		}
		source := &wireSource{mix: m, requests: encoded}
		for k := range uint64(3) {
			sent, err := source.Render(k, 0)
			if err != nil {
				t.Fatalf("%q: %v", raw, err)
			}
			r, err := m.Render(k, time.Time{})
			if err != nil {
				t.Fatalf("%q: %v", raw, err)
			}
			var b bytes.Buffer
			if err := (&http.Request{Method: r.Method, URL: r.URL, Header: r.Header}).Write(&b); err != nil {
				t.Fatalf("%q: %v", raw, err)
			}
			onWire, byNetHTTP := requestLine(string(sent.Bytes)), requestLine(b.String())
			if onWire != byNetHTTP {
				t.Errorf("%q: wire sends %q, http %q", raw, onWire, byNetHTTP)
			}
			for _, c := range []byte(target(string(sent.Bytes))) {
				if c <= ' ' || c >= 0x7f || strings.ContainsRune(`"<>#`, rune(c)) {
					t.Errorf("%q: %q is sent in %q", raw, c, onWire)
				}
			}
			again, err := request.NewMix([]request.Request{{URL: "http://host" + strings.ReplaceAll(target(string(sent.Bytes)), "{{", "{{{{")}}, request.Selection{Seed: 1})
			if err != nil || again.Requests[0].Static == nil || again.Requests[0].Static.RequestURI() != target(string(sent.Bytes)) {
				t.Errorf("%q: what is sent, %q, is not sent again: %v", raw, onWire, err)
			}
			if plainURL(rest) {
				b.Reset()
				asked, err := http.NewRequest(http.MethodGet, raw, nil)
				if err == nil {
					err = asked.Write(&b)
				}
				if err != nil || requestLine(b.String()) != onWire {
					t.Errorf("%q: bench sends %q, net/http %q, %v", raw, onWire, requestLine(b.String()), err)
				}
			}
		}
	})
}

// between returns what stands between the first braces.
func between(text string) string {
	_, after, _ := strings.Cut(text, "{{")
	inside, _, _ := strings.Cut(after, "}}")
	return inside
}

func requestLine(request string) string {
	line, _ := textproto.NewReader(bufio.NewReader(strings.NewReader(request))).ReadLine()
	return line
}

// plainURL reports whether what follows a host is without oddities: no values, and nothing but what RFC 3986 allows in a path
// or a query, what is encoded being whole.
func plainURL(rest string) bool {
	path, query, _ := strings.Cut(rest, "?")
	query, _, _ = strings.Cut(query, "#")
	const hexDigits = "0123456789abcdefABCDEF"
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/"
	for i := range len(rest) {
		if rest[i] == '%' && (i+2 >= len(rest) || !strings.Contains(hexDigits, rest[i+1:i+2]) || !strings.Contains(hexDigits, rest[i+2:i+3])) {
			return false
		}
	}
	return (path == "" || path[0] == '/') && strings.Trim(path, allowed+"%") == "" && strings.Trim(query, allowed+"?%") == ""
}

// Both engines send the same bytes, in the same order.
func TestEnginesSendTheSameBytes(t *testing.T) {
	t.Parallel()
	for _, r := range []request.Request{
		{Header: http.Header{"Accept": {"*/*"}, "X-One": {"1", "2"}, "x-lower": {"3"}}},
		{Method: http.MethodPost, Body: "{{seq}}", Header: http.Header{"Accept": {"*/*"}, "Content-Type": {"text/plain"}, "Zone": {"z"}}},
		{Method: http.MethodPut, Header: http.Header{"Authorization": {"Basic x"}}},
	} {
		r.URL = "http://host/a%2Fb|c?q=ü"
		r.Header.Set("Host", "shop.example")
		var sent []string
		for _, engine := range Engines() {
			sent = append(sent, asSent(t, engine, r, 1)[0])
		}
		for i := range sent {
			if sent[i] != sent[0] {
				t.Errorf("%s: %q\n%s: %q", Engines()[0], sent[0], Engines()[i], sent[i])
			}
		}
	}
}
