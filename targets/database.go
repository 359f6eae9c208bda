package targets

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/postgres"
	"github.com/seed-5a006608/bench/targets/process"
)

// Throwaway is the value of --db for a temporary server: it is started for the run and removed at the end.
const Throwaway = "postgres"

const (
	// DBUsage describes the flag --db.
	DBUsage = "the bundled catalogue's `database` instead of SQLite: postgres (a throwaway server), a DSN, or @FILE that holds one"

	maxDSN = 64 << 10 // bytes in a file
)

// Notes returns the notes for the report of a run on a service with these options.
func Notes(service string, o ServeOptions) []string {
	if o.DB != Throwaway || service == "reference" {
		return nil
	}
	return []string{"the throwaway PostgreSQL ran with fsync off: its writes are faster than a real server's"}
}

// CheckDB says whether a service can have that database: "" for SQLite, [Throwaway], a PostgreSQL DSN (a URL or keywords),
// or "@" and a file that holds one. The error does not quote a DSN.
func CheckDB(db string) error {
	_, err := readDSN(db)
	return err
}

// readDSN returns the DSN that --db gives, "" for SQLite and a throwaway server.
func readDSN(db string) (string, error) {
	if db == "" || db == Throwaway {
		return "", nil
	}
	if path, isFile := strings.CutPrefix(db, "@"); isFile {
		info, err := os.Stat(path)
		if err == nil && info.Size() > maxDSN {
			err = fmt.Errorf("%s: no DSN has more than %d bytes", path, maxDSN)
		}
		if err != nil {
			return "", fmt.Errorf("db: %w", err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("db: %w", err)
		}
		db = strings.TrimSpace(string(text))
	}
	switch err := catalogue.CheckDSN(db); {
	case errors.Is(err, catalogue.ErrNoDSN):
		return "", fmt.Errorf("db: %w; or postgres for a throwaway server", err)
	case err != nil:
		return "", fmt.Errorf("db: %w", err)
	}
	return db, nil
}

// handOver puts a DSN into a file of the child's private directory and returns the --db that names it: everybody may read
// a process's arguments.
func handOver(db, dir string) (string, error) {
	if db == "" || db == Throwaway || strings.HasPrefix(db, "@") {
		return db, nil
	}
	path := filepath.Join(dir, "dsn")
	if err := os.WriteFile(path, []byte(db), 0o600); err != nil {
		return "", fmt.Errorf("hand the DSN over: %w", err)
	}
	return "@" + path, nil
}

// PoolSize is the number of connections in a service's pool for reads on so many processors; 0: no pool.
func PoolSize(name string, o ServeOptions, processors int) int {
	t, err := Parse(name, o)
	switch {
	case err != nil || t.Service.Name == "unpooled" || t.Service.Name == "reference":
		return 0
	case t.pool > 0:
		return t.pool
	}
	return processors
}

// openStore opens the catalogue for a service, with its files in dir. closeStore undoes it.
func openStore(ctx context.Context, t Target, dir string, o ServeOptions, lost func(error)) (store *catalogue.Store, closeStore func() error, err error) {
	options := catalogue.Options{Connections: t.pool, RTT: t.rtt, Fresh: t.Service.Name == "unpooled"}
	if o.Kept != "" {
		if store, err = openKept(ctx, o.Kept, options); err != nil {
			return nil, nil, err
		}
		return store, store.Close, nil
	}
	switch o.DB {
	case "":
		file := filepath.Join(dir, "catalogue.sqlite")
		if err := (catalogue.File{Spec: catalogue.Default, Dir: o.CacheDir, Progress: o.Progress}).Copy(ctx, file); err != nil {
			return nil, nil, err
		}
		if store, err = catalogue.Open(ctx, file, options); err != nil {
			return nil, nil, err
		}
		return store, store.Close, nil
	case Throwaway:
		server, err := startThrowaway(ctx, dir, false, o.Progress, lost)
		if err != nil {
			return nil, nil, err
		}
		store, _, err := fillServer(ctx, server.DSN, o.Progress, options)
		if err != nil {
			return nil, nil, errors.Join(err, server.Stop())
		}
		return store, func() error {
			_ = store.Close() // without the server its connections are gone too
			return server.Stop()
		}, nil
	}
	dsn, err := readDSN(o.DB)
	if err != nil {
		return nil, nil, err
	}
	store, schema, err := fillServer(ctx, dsn, o.Progress, options)
	if err != nil {
		if schema != nil {
			err = errors.Join(err, o.drop(schema))
		}
		return nil, nil, err
	}
	return store, func() error {
		_ = store.Close() // a lost connection failed the query that used it
		return o.drop(schema)
	}, nil
}

// drop drops the schema, and tries until Patience ends.
func (o *ServeOptions) drop(schema *catalogue.Schema) error {
	patient, release := context.WithCancel(context.Background())
	if o.Patience == nil {
		release()
	} else {
		patient, release = o.Patience()
	}
	defer release()
	if err := schema.Drop(patient, o.Progress); err != nil {
		return fmt.Errorf("db: %w", err)
	}
	return nil
}

// startThrowaway starts a server. lost is told when it ends, and why.
func startThrowaway(ctx context.Context, dir string, synchronous bool, progress func(string), lost func(error)) (*postgres.Server, error) {
	hold, err := process.LockPrivateDir(dir)
	if err != nil {
		return nil, err
	}
	defer hold.Close() // the server has its own
	server, err := postgres.Start(ctx, postgres.Options{Dir: dir, Hold: hold, Progress: progress, Synchronous: synchronous})
	if err != nil {
		return nil, fmt.Errorf("db %s: %w", Throwaway, err)
	}
	go func() {
		<-server.Done()
		lost(server.Err())
	}()
	return server, nil
}

// fillServer fills a schema of its own on a server and opens the catalogue in it. A schema that is returned must be
// dropped, with an error too.
func fillServer(ctx context.Context, dsn string, progress func(string), o catalogue.Options) (*catalogue.Store, *catalogue.Schema, error) {
	schema, err := fillSchema(ctx, dsn, progress)
	if err != nil {
		return nil, schema, err
	}
	store, err := schema.Open(ctx, o)
	if err != nil {
		return nil, schema, fmt.Errorf("db: %w", err)
	}
	return store, schema, nil
}

// fillSchema fills a schema of its own on a server. One that is returned must be dropped, with an error too.
func fillSchema(ctx context.Context, dsn string, progress func(string)) (*catalogue.Schema, error) {
	schema, err := catalogue.NewSchema(dsn)
	if err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	if progress != nil {
		progress(fmt.Sprintf("filling PostgreSQL with the product catalogue (%d products) in the schema %s: a few seconds", catalogue.Default.Products, schema.Name))
	}
	if err := schema.Create(ctx, catalogue.Default); err != nil {
		return schema, fmt.Errorf("db: %w", err)
	}
	return schema, nil
}

// lostDatabase says that the server which the service needs ended, if that is why ctx did.
func lostDatabase(ctx context.Context) error {
	var exit *postgres.ExitError
	if errors.As(context.Cause(ctx), &exit) {
		return exit
	}
	return nil
}
