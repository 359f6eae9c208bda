package targets

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/postgres"
	"github.com/seed-5a006608/bench/targets/process"
	"github.com/seed-5a006608/bench/targets/web"
)

// StartOptions say how to start a service.
type StartOptions struct {
	ServeOptions // but for Dir and Lifeline, which Start chooses

	CPUs     []int             // processors for the child and all it starts; nil: this process's; see [process.CanPin]
	MaxProcs int               // GOMAXPROCS of the child; 0: all of CPUs
	Progress func(line string) // gets each line on the child's standard error until it is ready; may be nil
	Warn     func(line string) // gets the child's line when it cannot clean up at once; may be nil
	Trust    func(pem string)  // gets the certificate of a child that serves https; may be nil
}

// Child is a service in a process of its own.
type Child = process.Process

// Start starts "serve NAME" of this program as a child and returns when it answers requests. The child must be stopped;
// it does not outlive this process, and nothing of either is left. Its Done is closed when it ends.
func Start(ctx context.Context, name string, o StartOptions) (*Child, error) {
	target, err := Parse(name, o.ServeOptions)
	if err != nil {
		return nil, err
	}
	private, err := process.NewPrivateDir()
	if err != nil {
		return nil, err
	}
	spec, err := o.child(target.Text, "serve", private, target.Text)
	if err != nil {
		return nil, errors.Join(err, private.Remove())
	}
	child, err := process.Start(ctx, spec)
	if err == nil && o.TLS && o.Trust != nil {
		var certificate []byte
		if certificate, err = os.ReadFile(certificateFile(private)); err != nil {
			return nil, errors.Join(err, child.Stop())
		}
		o.Trust(string(certificate))
	}
	return child, err
}

// child is this program as a child that works in a private directory.
func (o StartOptions) child(name, command string, private *process.PrivateDir, args ...string) (spec process.Spec, err error) {
	program, err := os.Executable()
	if err != nil {
		return spec, fmt.Errorf("find this program to start %s: %w", name, err)
	}
	o.Dir, o.Lifeline = private.Path, 0
	if o.DB, err = handOver(o.DB, private.Path); err != nil {
		return spec, err
	}
	env := childEnvironment(os.Environ())
	if o.MaxProcs > 0 {
		env = append(env, fmt.Sprintf("GOMAXPROCS=%d", o.MaxProcs))
	}
	spec = process.Spec{
		Name:         name,
		Path:         program,
		Args:         append(append([]string{command}, args...), o.Args()...),
		Env:          env,
		LifelineFlag: "--lifeline",
		CPUs:         o.CPUs,
		Private:      private,
		OnStderr:     o.Progress,
		StopGrace:    childGrace,
	}
	switch o.DB {
	case "":
	case Throwaway:
		spec.Clear = postgres.Clear
	default:
		spec.StopGrace, spec.Patience = dropGrace, o.Patience
		spec.OnStopping = func(line string) {
			if o.Warn != nil && !strings.HasPrefix(line, "level=") && !strings.HasPrefix(line, "bench: ") {
				o.Warn(line)
			}
		}
	}
	return spec, nil
}

// childGrace is how long a child may take to end: twice what it grants its own requests, its cache and its database one after the
// other, so that one that a busy machine runs half of the time has done so and is no failure of what was measured.
const childGrace = 2 * (web.Grace + flushGrace + postgres.Grace)

// dropGrace is how long a child with a schema to drop may take before it says that it cannot yet.
const dropGrace = 10 * time.Second

// childEnvironment leaves out the variables for this program's flags and for GOMAXPROCS: the child gets all settings as
// arguments, and a header in BENCH_HEADER may be a secret.
func childEnvironment(own []string) []string {
	var env []string
	for _, entry := range own {
		name, _, _ := strings.Cut(entry, "=")
		if name == catalogue.CacheDirVar || name != "GOMAXPROCS" && !strings.HasPrefix(name, "BENCH_") {
			env = append(env, entry)
		}
	}
	return env
}
