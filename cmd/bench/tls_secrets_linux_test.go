package main

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What TLS makes secret, the tickets of sessions and the keys of connections, is in no file and no output, by either engine and over
// either version of HTTP. $SSLKEYLOGFILE has nobody write keys down.
func TestSecretsOfTLSAreNowhere(t *testing.T) {
	t.Parallel()
	const canary = "C4N4RY: a session's ticket"
	var keys lockedBuffer
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.EnableHTTP2 = true
	s.TLS = &tls.Config{KeyLogWriter: &keys}
	s.TLS.WrapSession = func(_ tls.ConnectionState, state *tls.SessionState) ([]byte, error) {
		data, err := state.Bytes()
		return append([]byte(canary), data...), err
	}
	s.TLS.UnwrapSession = func(ticket []byte, _ tls.ConnectionState) (*tls.SessionState, error) {
		return tls.ParseSessionState(ticket[len(canary):])
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	keyLog := filepath.Join(t.TempDir(), "keys")
	for _, flags := range []string{"--http 1.1 --max-conn-requests 5", "--http 2", "--engine http --no-keepalive"} {
		args := []string{"sustained", s.URL, "-k", "--tls-resume", "on", "-r", "100/s", "-d", "1s", "-v", "-o", "json=run.json", "-o", "html=run.html"}
		b := startWith(t, []string{"SSLKEYLOGFILE=" + keyLog}, append(args, strings.Fields(flags)...)...)
		b.exit(t, exitOK)
		if c := b.run(t).Connections; len(c) == 0 || !strings.Contains(flags, "2") && c[0].Resumed == 0 {
			t.Errorf("%s: no ticket was used: %+v", flags, c)
		}
		secrets := []string{canary}
		for line := range strings.Lines(keys.String()) { // a label, the client's random bytes, and the secret
			secret, err := hex.DecodeString(strings.Fields(line)[2])
			if err != nil {
				t.Fatal(err)
			}
			secrets = append(secrets, string(secret))
		}
		if len(secrets) < 3 {
			t.Errorf("%s: %d secrets were made", flags, len(secrets))
		}
		shown := map[string]string{"the output": b.stdout.String() + b.stderr.String()}
		err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			shown[path] = string(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for where, text := range shown {
			for _, secret := range secrets {
				// Base64 without its last bytes, which depend on what follows.
				encoded := base64.RawStdEncoding.EncodeToString([]byte(secret[:len(secret)/3*3]))
				if strings.Contains(text, secret) || strings.Contains(strings.ToLower(text), hex.EncodeToString([]byte(secret))) || strings.Contains(text, encoded) {
					t.Errorf("%s: %s holds a secret of TLS", flags, where)
				}
			}
		}
	}
	if _, err := os.Stat(keyLog); err == nil {
		t.Error("$SSLKEYLOGFILE was written")
	}
}
