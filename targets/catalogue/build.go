package catalogue

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"strings"

	_ "modernc.org/sqlite" // the database, in Go
)

//go:embed schema.sql
var schema string

//go:embed indexes.sql
var indexes string

// build writes the catalogue as a SQLite database to path, which must not exist. What is left when it fails is of no use.
func build(ctx context.Context, spec Spec, path string) error {
	// Without journal and fsync: a build that was cut short is thrown away, and a file that reached the disk damaged does
	// not pass its checksum.
	db, err := sql.Open("sqlite", dsn(path, "_pragma=journal_mode(OFF)", "_pragma=synchronous(OFF)", "_pragma=locking_mode(EXCLUSIVE)"))
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, t := range spec.tables() {
		in := inserter{ctx: ctx, tx: tx, table: t.name, columns: t.columns}
		if err := t.rows(in.add); err != nil {
			return err
		}
		if err := in.flush(); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, indexes); err != nil {
		return err
	}
	return db.Close()
}

// inserter inserts many rows with one statement, which halves the time of a build.
type inserter struct {
	ctx     context.Context
	tx      *sql.Tx
	table   string
	columns int
	full    *sql.Stmt // inserts batch rows
	args    []any
}

const batch = 50 // rows

func (in *inserter) add(args ...any) error {
	if in.args = append(in.args, args...); len(in.args) < batch*in.columns {
		return nil
	}
	if in.full == nil {
		var err error
		if in.full, err = in.tx.PrepareContext(in.ctx, in.statement(batch)); err != nil {
			return err
		}
	}
	_, err := in.full.ExecContext(in.ctx, in.args...)
	in.args = in.args[:0]
	return err
}

// flush inserts the rows that did not fill a batch.
func (in *inserter) flush() error {
	if in.full != nil {
		defer in.full.Close()
	}
	if len(in.args) == 0 {
		return nil
	}
	_, err := in.tx.ExecContext(in.ctx, in.statement(len(in.args)/in.columns), in.args...)
	return err
}

func (in *inserter) statement(rows int) string {
	row := "(" + strings.Repeat("?,", in.columns-1) + "?)"
	return fmt.Sprintf("INSERT INTO %s VALUES %s%s", in.table, strings.Repeat(row+",", rows-1), row)
}
