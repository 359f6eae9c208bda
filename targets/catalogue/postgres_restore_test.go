package catalogue

import (
	"context"
	"testing"

	"github.com/seed-5a006608/bench/targets/postgres/postgrestest"
)

// A filled schema leaves autovacuum nothing to do, and what requests change is put back.
func TestRestoreSchema(t *testing.T) {
	dsn := postgrestest.Start(t).DSN
	schema, _ := filled(t, dsn, dsn)
	admin := session(t, dsn)
	defer admin.Close(context.WithoutCancel(t.Context()))
	tell := func(sql string) (text string) {
		t.Helper()
		if err := admin.QueryRow(t.Context(), sql).Scan(&text); err != nil {
			t.Fatal(sql, err)
		}
		return text
	}
	execute(t, admin, "SET search_path = "+schema.Name)
	const (
		unseen = `SELECT coalesce(string_agg(relname, ' '), 'none') FROM pg_class
			WHERE relnamespace = current_schema::regnamespace AND relkind = 'r' AND relallvisible < relpages`
		rows = `SELECT md5(string_agg(t, ' ' ORDER BY t)) FROM (
			SELECT c::text AS t FROM categories c UNION ALL SELECT p::text FROM products p) all_rows`
		pages = `SELECT sum(pg_relation_size(oid))::text FROM pg_class WHERE relnamespace = current_schema::regnamespace AND relkind = 'r'`
	)
	if got := tell(unseen); got != "none" {
		t.Errorf("autovacuum has still to visit %s", got)
	}
	madeRows, madePages := tell(rows), tell(pages)

	store, err := schema.Open(t.Context(), Options{Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	for round := range 20 {
		for id := range int64(small.Categories) {
			if err := store.SetHeadline(t.Context(), Headline{id + 1, "Reduced", "a1"}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := store.SetPrice(t.Context(), int64(round+1), 123); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if tell(rows) == madeRows {
		t.Fatal("nothing was changed")
	}
	for range 2 { // what is as it was made stays so
		if err := RestoreSchema(t.Context(), dsn, schema.Name, small); err != nil {
			t.Fatal(err)
		}
		if got := tell(unseen); tell(rows) != madeRows || tell(pages) != madePages || got != "none" {
			t.Errorf("%s bytes, want %s with the rows that were made; autovacuum has still to visit %s", tell(pages), madePages, got)
		}
	}
}
