package rig

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/targets"
	"github.com/seed-5a006608/bench/targets/process"
	psnet "github.com/shirou/gopsutil/v3/net"
	psprocess "github.com/shirou/gopsutil/v3/process"
)

// commandGrace is longer than the supervisor's own grace.
const commandGrace = 5 * time.Second

// startCommand starts a command of the user's and returns when its URL answers.
func (t *Target) startCommand(ctx context.Context, ready time.Duration, say func(string)) (*targets.Child, error) {
	base, err := request.OriginOf(t.Plan.Target.URL)
	if err != nil {
		return nil, err
	}
	host := base.Host
	if base.Port() == "" {
		host = net.JoinHostPort(base.Hostname(), map[string]string{"http": "80", "https": "443"}[base.Scheme])
	}
	t.host = host
	// Else the answers of whatever is there would be taken for the command's.
	if conn, err := new(net.Dialer).DialContext(ctx, "tcp", host); err == nil {
		conn.Close()
		return nil, fmt.Errorf("something answers at %s before the command of %s is started%s: stop it, or use another port", host, t.Flag, listenerAt(host))
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program to start the command of %s: %w", t.Flag, err)
	}
	return process.Start(ctx, process.Spec{
		Name: "the command of " + t.Flag, Path: program, Args: []string{"supervise", t.Command}, LifelineFlag: "--lifeline",
		CPUs: t.Options.Environment.TargetCPUs, OnStderr: say, StartTimeout: ready, StopGrace: commandGrace,
		URL:   t.Plan.Target.URL,
		Ready: func(ctx context.Context) error { return answers(ctx, base.Scheme+"://"+base.Host+"/") },
	})
}

// answers waits until a server answers with anything but an error of its own.
func answers(ctx context.Context, address string) error {
	client := http.Client{
		Timeout:       2 * time.Second,
		Transport:     &http.Transport{DisableKeepAlives: true, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		if answer, err := client.Do(request); err == nil {
			answer.Body.Close()
			if answer.StatusCode < http.StatusInternalServerError {
				return nil
			}
		} else if _, distrusted := errors.AsType[*tls.CertificateVerificationError](err); distrusted {
			return nil // it speaks TLS; whether its certificate is good is judged when it is driven
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// outlived says that something answers at the target's address although its command was stopped: what a command has others
// start, such as a container, is not among its descendants.
func (t *Target) outlived() error {
	conn, err := net.DialTimeout("tcp", t.host, time.Second)
	if err != nil {
		return nil
	}
	conn.Close()
	return fmt.Errorf("something still answers at %s after the command of %s was stopped%s: have the command stop it when it is sent SIGTERM", t.host, t.Flag, listenerAt(t.host))
}

// listenerAt is ": process PID (COMMAND)" of who listens at an address, as far as the system tells.
func listenerAt(host string) string {
	_, port, err := net.SplitHostPort(host)
	if err != nil {
		return ""
	}
	sockets, err := psnet.Connections("tcp")
	if err != nil {
		return ""
	}
	for _, s := range sockets {
		if s.Status != "LISTEN" || strconv.FormatUint(uint64(s.Laddr.Port), 10) != port || s.Pid == 0 {
			continue
		}
		command := "its command is not known"
		if p, err := psprocess.NewProcess(s.Pid); err == nil {
			if name, err := p.Name(); err == nil {
				command = name
			}
		}
		return fmt.Sprintf(": process %d (%s)", s.Pid, command)
	}
	return ""
}
