package preflight

import (
	"strings"
	"testing"
)

func TestSmallBuffersForQUICAreNoted(t *testing.T) {
	for bytes, noted := range map[int]bool{0: false, 212_992: true, quicBuffer: false} {
		found := udpBuffers(bytes)
		if len(found) == 1 != noted || noted && (found[0].Fatal || !strings.Contains(found[0].Text, "net.core.rmem_max=7340032")) {
			t.Errorf("%d bytes: %+v", bytes, found)
		}
	}
}
