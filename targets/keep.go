package targets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2/maybe"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/process"
)

// Kept is the data of bundled services that are killed, or ended, and started again. The data belong to a process of their own, the
// keeper, which does not outlive this one.
type Kept struct {
	dir    string
	keeper *process.Process
}

// Keep makes data for a service, on the database of its options. They must be closed.
func Keep(ctx context.Context, name string, o StartOptions) (*Kept, error) {
	target, err := Parse(name, o.ServeOptions)
	if err != nil {
		return nil, err
	}
	private, err := process.NewPrivateDir()
	if err != nil {
		return nil, err
	}
	k := &Kept{dir: private.Path}
	spec, err := o.child("the data of "+target.Text, "keep", private)
	if err != nil {
		return nil, errors.Join(err, private.Remove())
	}
	spec.URL, spec.Ready = private.Path, k.made
	if k.keeper, err = process.Start(ctx, spec); err != nil {
		return nil, err
	}
	return k, nil
}

// made returns when the keeper has made the data.
func (k *Kept) made(ctx context.Context) error {
	for {
		if _, err := os.Stat(keptFile(k.dir)); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond): // a file tells nobody when it is there
		}
	}
}

// Start starts a service on the data, as they are now; it does not outlive them. Only services that do not write, on PostgreSQL, may
// run beside each other.
func (k *Kept) Start(ctx context.Context, name string, o StartOptions) (*Child, error) {
	o.DB, o.Kept = "", k.dir
	child, err := Start(ctx, name, o)
	if err != nil {
		return nil, err
	}
	go func() {
		select {
		case <-k.Done():
			child.Kill()
		case <-child.Done():
		}
	}()
	return child, nil
}

// Restore puts back what services have changed in data on PostgreSQL, once they have ended.
func (k *Kept) Restore(ctx context.Context) error {
	data, err := readKept(k.dir)
	if err != nil {
		return err
	}
	if data.DSN == "" {
		return errors.New("restore the data that are kept: only those on PostgreSQL can be")
	}
	if err := catalogue.RestoreSchema(ctx, data.DSN, data.Schema, catalogue.Default); err != nil {
		return fmt.Errorf("restore the data that are kept: %w", err)
	}
	return nil
}

// PID is the keeper's, whose descendants the database server's processes are.
func (k *Kept) PID() int { return k.keeper.PID }

// Done is closed when the data are gone.
func (k *Kept) Done() <-chan struct{} { return k.keeper.Done() }

// Close ends the database and removes the data, once the service has ended.
func (k *Kept) Close() error { return k.keeper.Stop() }

// kept says where data are; without a DSN, in a SQLite file beside.
type kept struct {
	DSN    string `json:"dsn,omitempty"`
	Schema string `json:"schema,omitempty"`
}

func keptFile(dir string) string { return filepath.Join(dir, "kept.json") }

func keptSQLite(dir string) string { return filepath.Join(dir, "catalogue.sqlite") }

// KeepData makes data in the directory of its options and keeps them until ctx ends, or the lifeline does: it is the keeper's side
// of [Keep]. The data say that they are made by a file.
func KeepData(ctx context.Context, o ServeOptions) (err error) {
	asked, held, stop, err := process.Lifeline(ctx, o.Lifeline)
	if err != nil {
		return err
	}
	defer stop()
	o.Patience = func() (context.Context, context.CancelFunc) { return held, func() {} }
	private, err := process.JoinPrivateDir(o.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, private.Remove()) }()
	ctx, lost := context.WithCancelCause(asked)
	defer lost(nil)
	data, drop, err := makeData(ctx, o, lost)
	defer func() { err = errors.Join(err, drop()) }()
	if err == nil {
		err = writeKept(o.Dir, data)
	}
	if err == nil {
		<-ctx.Done()
	} else if ctx.Err() != nil {
		err = nil // asked to stop before they were made
	}
	return errors.Join(err, lostDatabase(ctx))
}

// makeData makes the data; drop undoes that, after an error too.
func makeData(ctx context.Context, o ServeOptions, lost func(error)) (data kept, drop func() error, err error) {
	drop = func() error { return nil }
	switch o.DB {
	case "":
		return data, drop, catalogue.File{Spec: catalogue.Default, Dir: o.CacheDir, Progress: o.Progress}.Copy(ctx, keptSQLite(o.Dir))
	case Throwaway:
		server, err := startThrowaway(ctx, o.Dir, true, o.Progress, lost)
		if err != nil {
			return data, drop, err
		}
		schema, err := fillSchema(ctx, server.DSN, o.Progress)
		if err == nil {
			data = kept{server.DSN, schema.Name}
		}
		return data, server.Stop, err
	}
	if data.DSN, err = readDSN(o.DB); err != nil {
		return data, drop, err
	}
	schema, err := fillSchema(ctx, data.DSN, o.Progress)
	if schema != nil {
		data.Schema, drop = schema.Name, func() error { return o.drop(schema) }
	}
	return data, drop, err
}

// writeKept puts the file in its place when it is whole. It holds a password: nobody else may read it.
func writeKept(dir string, data kept) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return maybe.WriteFile(keptFile(dir), text, 0o600)
}

// readKept says where data are that a keeper has made.
func readKept(dir string) (data kept, err error) {
	text, err := os.ReadFile(keptFile(dir))
	if err != nil {
		return data, fmt.Errorf("open the data that are kept: %w", err)
	}
	if err := json.Unmarshal(text, &data); err != nil {
		return data, fmt.Errorf("open the data that are kept in %s: %w", dir, err)
	}
	return data, nil
}

// openKept opens data that a keeper has made.
func openKept(ctx context.Context, dir string, o catalogue.Options) (*catalogue.Store, error) {
	data, err := readKept(dir)
	if err != nil {
		return nil, err
	}
	if data.DSN == "" {
		return catalogue.Open(ctx, keptSQLite(dir), o)
	}
	return catalogue.OpenSchema(ctx, data.DSN, data.Schema, o)
}
