//go:build amd64 || arm64

package wire

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
)

// sealer makes a server's records by hand, so that it can send what crypto/tls has no function for. Its connection's TLS has sent
// no record but its handshake's, and sends none.
type sealer struct {
	version uint16
	secret  []byte // TLS 1.3: of the server's traffic
	aead    cipher.AEAD
	iv      []byte
	seq     uint64
}

// The types of records, and of handshake messages, that are sent by hand.
const (
	typeAlert     = 21
	typeHandshake = 22
	typeData      = 23

	helloRequest     = 0
	newSessionTicket = 4
	keyUpdate        = 24
)

// newSealer takes the keys from a key log and, of TLS 1.2, from what the server wrote in its handshake, which begins with its hello.
func newSealer(t testing.TB, version uint16, keys, written string) *sealer {
	t.Helper()
	s := &sealer{version: version}
	if version == tls.VersionTLS13 {
		s.secret = logged(t, keys, "SERVER_TRAFFIC_SECRET_0", 2)
		s.expand(t)
		return s
	}
	master, client := logged(t, keys, "CLIENT_RANDOM", 2), logged(t, keys, "CLIENT_RANDOM", 1)
	random := []byte(written[recordHeader+6:][:32]) // after the hello's type, length and version
	block := prf12(master, "key expansion", append(random, client...), 40)
	s.key(t, block[16:32])
	s.iv, s.seq = block[36:40], 1 // after its finished message
	return s
}

func logged(t testing.TB, keys, label string, field int) []byte {
	t.Helper()
	for line := range strings.Lines(keys) {
		if f := strings.Fields(line); f[0] == label {
			b, err := hex.DecodeString(f[field])
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
	}
	t.Fatalf("no %s was logged", label)
	return nil
}

func (s *sealer) key(t testing.TB, key []byte) {
	block, err := aes.NewCipher(key)
	if err == nil {
		s.aead, err = cipher.NewGCM(block)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// expand derives the keys of TLS 1.3 from the secret (RFC 8446, section 7.3).
func (s *sealer) expand(t testing.TB) {
	s.key(t, expandLabel(t, s.secret, "key", 16))
	s.iv, s.seq = expandLabel(t, s.secret, "iv", 12), 0
}

// update goes on to the next keys, as after a KeyUpdate.
func (s *sealer) update(t testing.TB) {
	s.secret = expandLabel(t, s.secret, "traffic upd", 32)
	s.expand(t)
}

func expandLabel(t testing.TB, secret []byte, label string, n int) []byte {
	info := append([]byte{0, byte(n), byte(len("tls13 ") + len(label))}, "tls13 "+label+"\x00"...)
	key, err := hkdf.Expand(sha256.New, secret, string(info), n)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// prf12 is the pseudorandom function of TLS 1.2 (RFC 5246, section 5).
func prf12(secret []byte, label string, seed []byte, n int) (out []byte) {
	seed = append([]byte(label), seed...)
	mac := func(p ...[]byte) []byte {
		h := hmac.New(sha256.New, secret)
		h.Write(bytes.Join(p, nil))
		return h.Sum(nil)
	}
	for a := mac(seed); len(out) < n; a = mac(a) {
		out = append(out, mac(a, seed)...)
	}
	return out[:n]
}

// seal returns a record.
func (s *sealer) seal(kind byte, content string) []byte {
	header := []byte{kind, 3, 3, 0, 0}
	seq := binary.BigEndian.AppendUint64(nil, s.seq)
	s.seq++
	if s.version == tls.VersionTLS13 {
		nonce := bytes.Clone(s.iv)
		for i := range seq {
			nonce[4+i] ^= seq[i]
		}
		header[0] = typeData
		binary.BigEndian.PutUint16(header[3:], uint16(len(content)+1+s.aead.Overhead()))
		return s.aead.Seal(header, nonce, append([]byte(content), kind), header)
	}
	additional := append(append(bytes.Clone(seq), header[:3]...), byte(len(content)>>8), byte(len(content)))
	binary.BigEndian.PutUint16(header[3:], uint16(8+len(content)+s.aead.Overhead()))
	return s.aead.Seal(append(header, seq...), append(bytes.Clone(s.iv), seq...), []byte(content), additional)
}

// message is one of a handshake's.
func message(kind byte, body string) string {
	return string([]byte{kind, 0, byte(len(body) >> 8), byte(len(body))}) + body
}
