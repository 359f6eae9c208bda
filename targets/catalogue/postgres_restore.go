package catalogue

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// RestoreSchema puts back what requests have changed in a schema that another process has filled with the catalogue of spec. Nobody
// may use it meanwhile.
func RestoreSchema(ctx context.Context, dsn, name string, spec Spec) error {
	s, err := madeSchema(dsn, name)
	if err != nil {
		return err
	}
	c, err := pgx.ConnectConfig(ctx, s.config)
	if err != nil {
		return s.masked(err)
	}
	defer c.Close(context.WithoutCancel(ctx))
	// A dump, say, may hold a lock for long. What VACUUM finds visible to all must be written.
	if _, err := c.Exec(ctx, "SET lock_timeout = '10s'; SET synchronous_commit = on"); err != nil {
		return s.masked(err)
	}
	for _, m := range mutable {
		if err := spec.restore(ctx, c, m); err != nil {
			return s.masked(err)
		}
	}
	return nil
}

// mutableTable is a table of which requests change columns.
type mutableTable struct {
	name    string
	columns string
	changed string // condition on a row, true of every row that a request has changed
}

var mutable = []mutableTable{
	{"categories", "headline, version", "(headline, version) <> ('', '" + FirstVersion + "')"},
	{"products", "price_cents, price_changed_at", fmt.Sprintf("price_changed_at > %d", today.Unix())},
}

// restore writes a changed table anew: what updates leave in its pages would be read beside its rows.
func (s Spec) restore(ctx context.Context, c *pgx.Conn, m mutableTable) error {
	var changed bool
	if err := c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+m.name+" WHERE "+m.changed+")").Scan(&changed); err != nil || !changed {
		return err
	}
	if _, err := c.Exec(ctx, "CREATE TEMP TABLE made (LIKE "+m.name+")"); err != nil {
		return err
	}
	for _, t := range s.tables() {
		if t.name == m.name {
			t.name = "made"
			if err := copyTable(ctx, c, t); err != nil {
				return err
			}
		}
	}
	for _, statement := range []string{
		"UPDATE " + m.name + " SET (" + m.columns + ") = (SELECT " + m.columns + " FROM made WHERE made.id = " + m.name + ".id) WHERE " + m.changed,
		"DROP TABLE made",
		"VACUUM FULL " + m.name,
		"VACUUM (ANALYZE) " + m.name, // which marks the pages that the other wrote as visible to all
	} {
		if _, err := c.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
