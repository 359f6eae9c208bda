package targets

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seed-5a006608/bench/targets/postgres/postgrestest"
)

// query runs a statement that returns one text on the server.
func query(t *testing.T, dsn, sql string) (answer string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if err := c.QueryRow(t.Context(), sql).Scan(&answer); err != nil {
		t.Fatal(sql, err)
	}
	return answer
}

const schemas = `SELECT coalesce(string_agg(nspname, ' ' ORDER BY nspname), '') FROM pg_namespace WHERE nspname !~ '^pg_'`

// A service works in a schema of its own and drops only that; the DSN is in no child's arguments or environment.
func TestServiceOnDSN(t *testing.T) {
	dsn := postgrestest.Shared(t).DSN
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	admin, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(t.Context())
	if _, err := admin.Exec(t.Context(), `CREATE SCHEMA bench_of_another; CREATE TABLE bench_of_another.products AS SELECT 1`); err != nil {
		t.Fatal(err)
	}
	defer admin.Exec(t.Context(), `DROP SCHEMA bench_of_another CASCADE`)
	before := query(t, dsn, schemas)
	t.Setenv("BENCH_DB", dsn)
	tmp := privateTmp(t)
	c := startService(t, "pooled", StartOptions{ServeOptions: ServeOptions{DB: dsn, PoolSize: 2}})
	if resp, body := get(t, c.URL+"/products/1/stock"); resp.StatusCode != http.StatusOK {
		t.Errorf("%s %s", resp.Status, body)
	}
	if during := query(t, dsn, schemas); strings.Count(during, "bench_") != 2 {
		t.Errorf("schemas %s, want one more than %s", during, before)
	}
	for _, name := range []string{"cmdline", "environ"} {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", c.PID, name))
		if err != nil {
			t.Skip("this system does not show a process's ", name)
		}
		if strings.Contains(string(b), config.Password) {
			t.Errorf("the password is in the service's %s", name)
		}
	}
	files, err := filepath.Glob(filepath.Join(tmp, "bench-*", "dsn"))
	if err != nil || len(files) != 1 {
		t.Fatalf("DSN files: %v, %v", files, err)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: want mode 0600", info.Mode(), err)
	}

	// Its connections are cut, as by a server that restarts: it connects anew.
	query(t, dsn, `SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity WHERE application_name = 'bench' AND pid <> pg_backend_pid()`)
	failed := 0
	for range 10 {
		if resp, _ := get(t, c.URL+"/products/1/stock"); resp.StatusCode != http.StatusOK {
			failed++
		}
	}
	if failed > 2 {
		t.Errorf("%d of 10 requests failed after 2 connections were cut", failed)
	}

	if err := c.Stop(); err != nil {
		t.Error(err)
	}
	if after := query(t, dsn, schemas); after != before {
		t.Errorf("schemas %s, before %s", after, before)
	}
}

// What is wrong with a DSN is said, and nothing that stands in it.
func TestDSNErrorsSayNoSecret(t *testing.T) {
	server := postgrestest.Shared(t).DSN
	config, err := pgx.ParseConfig(server)
	if err != nil {
		t.Fatal(err)
	}
	local := func(user, password, database string) string {
		return fmt.Sprintf("postgres://%s:%s@/%s?host=%s&sslmode=disable", user, password, database, url.QueryEscape(config.Host))
	}
	privateTmp(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("C4N4RY\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ db, want string }{
		{local("bench", "C4N4RY", "postgres"), `password authentication failed for user "…" (SQLSTATE 28P01)`},
		{local("C4N4RY", "C4N4RY", "postgres"), `password authentication failed for user "…" (SQLSTATE 28P01)`},
		{local("bench", config.Password, "C4N4RY"), `database "…" does not exist (SQLSTATE 3D000)`},
		{"postgres://C4N4RY:C4N4RY@127.0.0.1:1/C4N4RY", "db: PostgreSQL: connection refused"},
		{"host=/C4N4RY user=C4N4RY", "db: PostgreSQL: no such file or directory"},
		{"postgres://C4N4RY:C4N4RY@C4N4RY.invalid/x", "db: PostgreSQL: its host is not known"},
		{"postgres://C4N4RY:%zz@host/x", "db: not a PostgreSQL DSN: write it as postgres://"},
		{"C4N4RY", "db: not a PostgreSQL DSN: write it as postgres://"},
		{"password=C4N4RY port=C4N4RY", "db: not a PostgreSQL DSN: write it as postgres://"},
		{"@" + file, "db: not a PostgreSQL DSN: write it as postgres://"},
	} {
		_, err := Start(t.Context(), "unpooled", StartOptions{ServeOptions: ServeOptions{DB: tc.db}})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %s", tc.db, err, tc.want)
		}
		if err != nil && strings.Contains(err.Error(), "C4N4RY") {
			t.Errorf("%s: the error quotes it: %v", tc.db, err)
		}
	}
}

func TestCheckDB(t *testing.T) {
	dir := t.TempDir()
	good, long := filepath.Join(dir, "good"), filepath.Join(dir, "long")
	for path, text := range map[string]string{good: "host=127.0.0.1\n", long: "host=" + strings.Repeat("x", maxDSN)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct{ db, want string }{
		{"", ""},
		{"postgres", ""},
		{"postgres://u:p@127.0.0.1:5432/d", ""},
		{"host=127.0.0.1 user=u", ""},
		{"@" + good, ""},
		{"@" + long, "no DSN has more than 65536 bytes"},
		{"@" + dir + "/none", "no such file or directory"},
		{"postgre", "or postgres for a throwaway server"},
		{"mysql://u:p@127.0.0.1/d", "not a PostgreSQL DSN"},
	} {
		err := CheckDB(tc.db)
		if got := fmt.Sprint(err); tc.want == "" && err != nil || !strings.Contains(got, tc.want) {
			t.Errorf("%q: %v, want %q", tc.db, err, tc.want)
		}
	}
}

// A new connection for each query costs several times the query: the lesson of pooled and unpooled.
func TestConnectingToPostgresCosts(t *testing.T) {
	dsn := postgrestest.Shared(t).DSN
	privateTmp(t)
	least := map[string]time.Duration{} // what else the machine does makes some take longer, and none shorter
	for _, name := range []string{"pooled", "unpooled"} {
		c := startService(t, name, StartOptions{ServeOptions: ServeOptions{DB: dsn}})
		var took []time.Duration
		for i := range 50 {
			began := time.Now()
			if resp, body := get(t, fmt.Sprintf("%s/products/%d/stock", c.URL, 1+i)); resp.StatusCode != http.StatusOK {
				t.Fatal(resp.Status, body)
			}
			took = append(took, time.Since(began))
		}
		least[name] = slices.Min(took)
	}
	if t.Log(least); least["unpooled"] < 5*least["pooled"] {
		t.Errorf("at least %v: unpooled costs less than five times as much", least)
	}
}
