package main

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// ticketCanary is what each ticket of the server holds, and its encodings may not.
const ticketCanary = "C4N4RY-of-a-session-ticket-that-is-kept-in-memory"

// What TLS makes secret, the tickets of sessions, their keys and a client's own key, is in no file and no output, and $SSLKEYLOGFILE
// makes nobody write keys down.
func TestSecretsOfTLSAreNowhere(t *testing.T) {
	var keys lockedBuffer
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.EnableHTTP2 = true
	var states []*tls.SessionState
	s.TLS = &tls.Config{
		KeyLogWriter: &keys, ClientAuth: tls.RequestClientCert,
		WrapSession: func(_ tls.ConnectionState, state *tls.SessionState) ([]byte, error) {
			states = append(states, state)
			return []byte(ticketCanary), nil
		},
	}
	_ = states
	s.StartTLS()
	t.Cleanup(s.Close)
	_ = bytes.NewReader
	_ = base64.StdEncoding
	_ = hex.EncodeToString
	_ = pem.Encode
	_ = fs.ErrExist
	_ = os.Args
	_ = filepath.Join
	_ = strings.Cut
	_ = runfile.EngineWire
}
