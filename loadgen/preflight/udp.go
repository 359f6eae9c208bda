package preflight

import (
	"fmt"
	"net"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// quicBuffer is how large a socket's receive buffer is to be for QUIC, in bytes: as quic-go has it.
const quicBuffer = 7 << 20

// UDPBuffers notes that the system gives a socket of UDP a smaller receive buffer than QUIC wants, where it is known.
func UDPBuffers() []Finding {
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil
	}
	defer c.Close()
	return udpBuffers(granted(c, quicBuffer))
}

func udpBuffers(bytes int) []Finding {
	if bytes == 0 || bytes >= quicBuffer {
		return nil
	}
	return []Finding{{Text: fmt.Sprintf("the receive buffer for QUIC is %s, and %s lose fewer datagrams in a burst: sysctl -w net.core.rmem_max=%d",
		units.Bytes(uint64(bytes)), units.Bytes(quicBuffer), quicBuffer)}}
}
