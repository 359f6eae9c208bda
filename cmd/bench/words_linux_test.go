package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/seed-5a006608/bench/targets/postgres/postgrestest"
)

// What a service says while it is driven stands in the report and in the file.
func TestWordsOfAServiceAreKept(t *testing.T) {
	t.Parallel()
	dsn := postgrestest.Start(t).DSN
	admin, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.Background())
	execute := func(statement string) {
		t.Helper()
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatal(statement, err)
		}
	}
	execute("CREATE ROLE tight LOGIN PASSWORD 'x'")
	execute("GRANT CREATE ON DATABASE postgres TO tight")
	b := startWith(t, []string{"BENCH_DB=" + dsn + " user=tight password=x"}, "sustained", "unpooled", "-r", "20/s", "-d", "2s", "--no-save", "-o", "json=run.json",
		"--before", "touch up; until test -e go; do sleep 0.05; done")
	within(t, 2*time.Minute, "the service is not up", func() bool {
		_, err := os.Stat(filepath.Join(b.dir, "up"))
		return err == nil
	})
	execute("ALTER ROLE tight CONNECTION LIMIT 0")
	if err := os.WriteFile(filepath.Join(b.dir, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	within(t, time.Minute, "it does not end", func() bool { return strings.Contains(b.stderr.String(), "is not dropped yet: ") })
	execute("ALTER ROLE tight CONNECTION LIMIT -1")
	b.exit(t, exitOK)
	says := func(text string) bool {
		return strings.Contains(text, "unpooled said: ") && strings.Contains(text, "too many connections for role") && strings.Contains(text, "times)")
	}
	if !slices.ContainsFunc(b.run(t).Environment.Notes, says) {
		t.Errorf("the file notes %q", b.run(t).Environment.Notes)
	}
	if !says(strings.Join(strings.Fields(b.stdout.String()), " ")) {
		t.Errorf("the report does not say it: %s", b.stdout.String())
	}
}
