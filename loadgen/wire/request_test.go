package wire

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// sentByNetHTTP returns the bytes of a request as net/http's transport, set up as the http engine's, writes it.
func sentByNetHTTP(t *testing.T, method string, u *url.URL, header http.Header, body string) string {
	t.Helper()
	client, server := net.Pipe()
	sent := make(chan string)
	go func() {
		defer server.Close()
		var raw bytes.Buffer
		request, err := http.ReadRequest(bufio.NewReaderSize(io.TeeReader(server, &raw), 16))
		if err == nil {
			_, err = io.Copy(io.Discard, request.Body)
		}
		if err != nil {
			sent <- err.Error()
			return
		}
		_, _ = io.WriteString(server, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n") // the client judges it
		sent <- raw.String()
	}()
	transport := &http.Transport{
		DialContext:        func(context.Context, string, string) (net.Conn, error) { return client, nil },
		DisableCompression: true,
	}
	request := &http.Request{Method: method, URL: u, Header: header, Host: header.Get("Host"), ContentLength: int64(len(body))}
	if body != "" {
		request.Body = io.NopCloser(strings.NewReader(body))
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return <-sent
}

// sortedHead returns the request with its header lines sorted.
func sortedHead(request string) string {
	head, body, _ := strings.Cut(request, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	slices.Sort(lines[1:])
	return strings.Join(lines, "\n") + "\n\n" + body
}

func TestRequestIsAsNetHTTPSendsIt(t *testing.T) {
	agent := http.Header{"User-Agent": {"bench"}}
	with := func(pairs ...string) http.Header {
		h := agent.Clone()
		for i := 0; i < len(pairs); i += 2 {
			h[pairs[i]] = append(h[pairs[i]], pairs[i+1])
		}
		return h
	}
	for _, tc := range []struct {
		method, url string
		header      http.Header
		body        string
		why         string
	}{
		{"GET", "http://shop.test/items?id=7&q=a%20b", agent, "", "the plainest"},
		{"GET", "http://shop.test:8080", agent, "", "no path"},
		{"GET", "http://[::1]:80/", agent, "", "an IPv6 address"},
		{"GET", "http://[fe80::1%25eth0]:80/", agent, "", "with a zone, which the server is not told"},
		{"HEAD", "http://shop.test/", agent, "", "no body, no length"},
		{"DELETE", "http://shop.test/1", agent, "", "no body, no length"},
		{"DELETE", "http://shop.test/1", agent, "x", "a body where there seldom is one"},
		{"POST", "http://shop.test/orders", agent, `{"item":1}`, "a body"},
		{"POST", "http://shop.test/orders", agent, "", "a length of 0 is sent"},
		{"PUT", "http://shop.test/orders", agent, "", "likewise"},
		{"PATCH", "http://shop.test/orders", agent, "", "likewise"},
		{"OPTIONS", "http://shop.test/orders", agent, "", "but not here"},
		{"M-SEARCH", "http://shop.test/", agent, "", "a method of one's own"},
		{"GET", "http://shop.test/", with("Host", "other.test"), "", "a Host of one's own"},
		{"GET", "http://shop.test/", with("Accept", "a", "Accept", "b", "X-Empty", ""), "", "a name twice, a value that is empty"},
		{"GET", "http://shop.test/", with("X-Space", " \ta b\t "), "", "white space around a value"},
		{"GET", "http://shop.test/", with("X-Bytes", "ä\x80"), "", "bytes above ASCII"},
		{"POST", "http://shop.test/", with("Content-Length", "7", "Transfer-Encoding", "gzip", "Trailer", "Sum"), "abc", "framing is not the header's to say"},
		{"GET", "http://shop.test/", with("Accept-Encoding", "gzip"), "", "compression where it is asked for"},
		{"GET", "http://shop.test/", with("Connection", "close"), "", "close is sent and known"},
	} {
		u, err := url.Parse(tc.url)
		if err != nil {
			t.Fatal(err)
		}
		h, err := NewHead(tc.method, u.Host, tc.header)
		if err != nil {
			t.Errorf("%s %s: %v", tc.method, tc.url, err)
			continue
		}
		got, err := h.Append(nil, []byte(u.RequestURI()), []byte(tc.body))
		if want := sentByNetHTTP(t, tc.method, u, tc.header, tc.body); err != nil || sortedHead(string(got)) != sortedHead(want) {
			t.Errorf("%s %s sends %v\n%s\nnet/http sends\n%s\n(%s)", tc.method, tc.url, err, got, want, tc.why)
		}
		if want := tc.header.Get("Connection") == "close"; h.Close != want {
			t.Errorf("%s %s %q: close is %v, want %v", tc.method, tc.url, tc.header, h.Close, want)
		}
	}
}

// TestRequestThatCannotBeSent: nothing in a request can end a line of it, or begin another request.
func TestRequestThatCannotBeSent(t *testing.T) {
	const secret = "s3cret"
	for _, tc := range []struct {
		method, host, target string
		header               map[string][]string
	}{
		{"", "h", "/", nil},
		{"GET ", "h", "/", nil},
		{"GET\r\n", "h", "/", nil},
		{"GÉT", "h", "/", nil},
		{"GET", "h\r\nX: y", "/", nil},
		{"GET", "h/", "/", nil},
		{"GET", "hä", "/", nil},
		{"GET", "h", "/", map[string][]string{"Host": {"a b"}}},
		{"GET", "h", "/", map[string][]string{"": {"v"}}},
		{"GET", "h", "/", map[string][]string{"X Y": {"v"}}},
		{"GET", "h", "/", map[string][]string{"X:": {"v"}}},
		{"GET", "h", "/", map[string][]string{"X\r\nY": {"v"}}},
		{"GET", "h", "/", map[string][]string{"X": {secret + "\r\nY: z"}}},
		{"GET", "h", "/", map[string][]string{"X": {"fine", secret + "\n"}}},
		{"GET", "h", "/", map[string][]string{"X": {secret + "\x00"}}},
		{"GET", "h", "/", map[string][]string{"User-Agent": {secret + "\x7f"}}},
		{"GET", "h", "", nil},
		{"GET", "h", "/a b", nil},
		{"GET", "h", "/a\tb", nil},
		{"GET", "h", "/ HTTP/1.1\r\n\r\nGET /", nil},
		{"GET", "h", "/a\x00", nil},
		{"GET", "h", "/a\x7f", nil},
	} {
		h, err := NewHead(tc.method, tc.host, tc.header)
		var got []byte
		if err == nil {
			got, err = h.Append([]byte("before"), []byte(tc.target), nil)
			if string(got) != "before" {
				t.Errorf("%q is appended for a target of %q", got, tc.target)
			}
		}
		if err == nil {
			t.Errorf("%q to %q for %q with %q can be sent: %q", tc.method, tc.host, tc.target, tc.header, got)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("the error tells a header's value: %v", err)
		}
	}
}

func TestRequestAllocatesNothing(t *testing.T) {
	h, err := NewHead("POST", "shop.test", map[string][]string{"User-Agent": {"bench"}, "Accept": {"*/*"}})
	if err != nil {
		t.Fatal(err)
	}
	dst, target, body := make([]byte, 0, 1024), []byte("/orders?id=1234567"), []byte(`{"item":1}`)
	if n := testing.AllocsPerRun(50, func() {
		if b, err := h.Append(dst, target, body); err != nil || len(b) < 100 {
			t.Fatal(string(b), err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a request", n)
	}
}

func BenchmarkRequest(b *testing.B) {
	h, err := NewHead("GET", "shop.test", map[string][]string{"User-Agent": {"bench"}})
	if err != nil {
		b.Fatal(err)
	}
	dst, target := make([]byte, 0, 1024), []byte("/items/1234567")
	b.ReportAllocs()
	for b.Loop() {
		if r, err := h.Append(dst, target, nil); err != nil || len(r) < 50 {
			b.Fatal(string(r), err)
		}
	}
}
