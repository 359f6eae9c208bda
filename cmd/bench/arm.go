package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/targets"
	"github.com/seed-5a006608/bench/targets/process"
	psnet "github.com/shirou/gopsutil/v3/net"
	psprocess "github.com/shirou/gopsutil/v3/process"
)

const (
	// roundDrain bounds how long a round waits for its last answers: what is older counts at its age.
	roundDrain = 2 * time.Second

	warmUpUsers  = 16
	warmUpLook   = 150 * time.Millisecond
	warmUpLooks  = 40
	fastLength   = 2 * time.Second
	commandGrace = 5 * time.Second // more than the supervisor's own
)

// arm is one of the services that are compared, up for as long as they are.
type arm struct {
	subject
	label   string
	command string // that serves it; "" where it is bundled, or served by others
	flag    string // that gave the command
	host    string // at which the command serves, host:port
	rate    float64
	options loadgen.Options
	child   *targets.Child
}

// owned reports whether bench starts it.
func (a *arm) owned() bool { return a.service != nil || a.command != "" }

// start starts what bench owns.
func (a *arm) start(ctx context.Context, o *compareOptions, say func(string), stderr io.Writer) error {
	var err error
	switch {
	case a.service != nil:
		start := o.startOptions(ctx, a.label, stderr)
		start.CPUs, start.Progress = a.options.Environment.TargetCPUs, say
		start.MaxProcs = capacity.ProcessorsOf(a.options.Environment)
		a.child, err = targets.Start(ctx, a.name, start)
		if err == nil {
			a.words = a.child.Words
			a.plan.Target.URL = a.child.URL
			a.at(a.child.URL)
		}
	case a.command != "":
		a.child, err = a.startCommand(ctx, o, say)
	default:
		return nil
	}
	if err != nil {
		if ctx.Err() != nil {
			return rig.Interrupted(err)
		}
		return err
	}
	a.options.TargetPID, a.options.TargetExit = a.child.PID, a.child.Done()
	return nil
}

// startCommand starts a command of the user's and returns when its URL answers.
func (a *arm) startCommand(ctx context.Context, o *compareOptions, say func(string)) (*targets.Child, error) {
	base, err := loadgen.OriginOf(a.plan.Target.URL)
	if err != nil {
		return nil, err
	}
	host := base.Host
	if base.Port() == "" {
		host = net.JoinHostPort(base.Hostname(), map[string]string{"http": "80", "https": "443"}[base.Scheme])
	}
	a.host = host
	// Else the answers of whatever is there would be taken for the command's.
	if conn, err := new(net.Dialer).DialContext(ctx, "tcp", host); err == nil {
		conn.Close()
		return nil, fmt.Errorf("something answers at %s before the command of %s is started%s: stop it, or use another port", host, a.flag, listenerAt(host))
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program to start the command of %s: %w", a.flag, err)
	}
	return process.Start(ctx, process.Spec{
		Name: "the command of " + a.flag, Path: program, Args: []string{"supervise", a.command}, LifelineFlag: "--lifeline",
		CPUs: a.options.Environment.TargetCPUs, OnStderr: say, StartTimeout: o.readyTimeout, StopGrace: commandGrace,
		URL:   a.plan.Target.URL,
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

func (a *arm) stop() error {
	if a.child == nil {
		return nil
	}
	child := a.child
	a.child = nil
	if err := child.Stop(); err != nil || a.command == "" {
		return err
	}
	return a.outlived()
}

// outlived says that something answers at the arm's address although its command was stopped: what a command has others
// start, such as a container, is not among its descendants.
func (a *arm) outlived() error {
	conn, err := net.DialTimeout("tcp", a.host, time.Second)
	if err != nil {
		return nil
	}
	conn.Close()
	return fmt.Errorf("something still answers at %s after the command of %s was stopped%s: have the command stop it when it is sent SIGTERM", a.host, a.flag, listenerAt(a.host))
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

// drive drives one profile at it.
func (a *arm) drive(ctx context.Context, p profiles.Profile, closed *loadgen.Closed, seed uint64) (*loadgen.Run, error) {
	run, err := loadgen.Drive(ctx, a.planOf(p, closed, seed), a.options)
	if ctx.Err() != nil {
		return nil, errInterrupted
	}
	if err == nil {
		a.goOn(run)
	}
	return run, err
}

// alike lets the next run of all begin where the farthest has come to in a sequence of requests: the rounds of a pair send the same.
func alike(arms []*arm) {
	var first uint64
	for _, a := range arms {
		first = max(first, a.plan.First)
	}
	for _, a := range arms {
		a.plan.First = first
	}
}

// planOf is the plan of one profile at it.
func (a *arm) planOf(p profiles.Profile, closed *loadgen.Closed, seed uint64) loadgen.Plan {
	plan := a.plan
	plan.Profile, plan.Closed, plan.Seed = p, closed, seed
	if closed != nil {
		plan.Limits.Connections = closed.VUs
	}
	plan.Limits.Drain = cmp.Or(plan.Limits.Drain, min(roundDrain, plan.Limits.Timeout))
	return plan
}

// fast drives it as fast as it goes.
func (a *arm) fast(ctx context.Context, length time.Duration, seed uint64) (*loadgen.Run, error) {
	users := warmUpUsers
	if c := a.plan.Limits.Connections; c > 0 {
		users = min(users, c)
	}
	const ignored = 1000 // the closed model has no rate
	return a.drive(ctx, hold("as fast as it goes", 0, length, ignored), &loadgen.Closed{VUs: users}, seed)
}

// warm drives it unmeasured until its cache's hit ratio is flat.
func (a *arm) warm(ctx context.Context) error {
	before := new(loadgen.Run)
	for look := range warmUpLooks {
		run, err := a.fast(ctx, warmUpLook, uint64(look)+1)
		if err != nil {
			return err
		}
		if compare.Warm(before, run) {
			return nil
		}
		before = run
	}
	return nil
}

// round drives one round at its rate.
func (a *arm) round(ctx context.Context, l compare.Layout, seed uint64) (*loadgen.Run, error) {
	return a.drive(ctx, hold("round", l.WarmUp(), l.Round-l.WarmUp(), a.rate), nil, seed)
}

// hold is a profile of one rate, behind a warm-up where that has a length.
func hold(name string, warmUp, length time.Duration, rate float64) profiles.Profile {
	p := profiles.Profile{Name: name, Arrivals: profiles.Even}
	if warmUp > 0 {
		p.Phases = append(p.Phases, profiles.Phase{Name: "warm-up", Kind: profiles.Warmup, Duration: warmUp, From: rate, To: rate})
	}
	p.Phases = append(p.Phases, profiles.Phase{Name: "hold", Kind: profiles.Hold, Duration: length, From: rate, To: rate})
	return p
}

// armNames tells the names of arms apart.
func armNames(arms []*arm, gate bool) {
	seen := map[string]int{}
	for i, a := range arms {
		a.label = a.plan.Target.Name
		if gate && !a.plan.Target.Named {
			a.label = []string{"old", "new"}[min(i, 1)]
		}
		if seen[a.label]++; seen[a.label] > 1 {
			a.label = fmt.Sprintf("%s (%d)", a.label, seen[a.label])
		}
	}
}

// say returns what tells the user on stderr how an arm's start goes on.
func (o *compareOptions) say(stderr io.Writer, label string) func(string) {
	return func(text string) {
		if !o.quiet {
			fmt.Fprintf(stderr, "%s: %s\n", label, text)
		}
	}
}
