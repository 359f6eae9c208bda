package web

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

// ServeHTTP3 serves h by HTTP/3 at the port of an address of TCP, over UDP. end ends it, when every request is answered or given up
// after [Grace].
func ServeHTTP3(addr net.Addr, config *tls.Config, h http.Handler) (end func() error, err error) {
	conn, err := net.ListenPacket("udp", addr.String())
	if err != nil {
		return nil, fmt.Errorf("HTTP/3: %w", err)
	}
	s := &http3.Server{
		Handler: h, TLSConfig: http3.ConfigureTLSConfig(config.Clone()), MaxHeaderBytes: 64 << 10,
		QUICConfig: &quic.Config{MaxIncomingStreams: maxStreams},
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(conn) }()
	return func() error {
		patience, cancel := context.WithTimeout(context.Background(), Grace)
		defer cancel()
		err := s.Shutdown(patience)
		if err != nil {
			err = s.Close()
		}
		<-ended // http.ErrServerClosed
		_ = conn.Close()
		return err
	}, nil
}

// maxStreams is how many requests a connection of HTTP/3 carries at once: as many as one of HTTP/2 does by net/http.
const maxStreams = 250
