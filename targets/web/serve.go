package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"runtime"
	"time"
)

// Grace is how long requests under way may take when the service ends; then their contexts and connections do. A service
// whose parent was killed must be gone, files and all, within 2 s.
const Grace = 500 * time.Millisecond

// mutexSampling is how many waits for a lock there are to one in the profile of mutexes, which is empty unless this is set.
const mutexSampling = 100

// Serve serves h on ln until ctx ends, and returns when every request is answered or given up: a handler that still runs
// then finds its context cancelled. The error is nil if ctx's end was the reason. ready is called when connections are
// accepted. With http2 a client may begin with HTTP/2; one of TLS may where ln offers it.
func Serve(ctx context.Context, ln net.Listener, h http.Handler, http2 bool, ready func()) error {
	runtime.SetMutexProfileFraction(mutexSampling)
	requests, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	s := &http.Server{
		Handler:           h,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      90 * time.Second, // a profile takes 30 s, a trace may take more
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	s.Protocols = new(http.Protocols)
	s.Protocols.SetHTTP1(true)
	s.Protocols.SetHTTP2(http2)
	s.Protocols.SetUnencryptedHTTP2(http2)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ln) }()
	ready()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.Background(), Grace)
	defer cancel()
	err := s.Shutdown(patience)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.Close()
	}
	<-ended // http.ErrServerClosed
	return err
}
