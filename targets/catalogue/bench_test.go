package catalogue

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// shared copies the default catalogue, which is built once for all test runs, to a directory of the test.
func shared(tb testing.TB) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "catalogue.sqlite")
	if err := (File{Spec: Default, Progress: func(line string) { tb.Log(line) }}).Copy(context.Background(), path); err != nil {
		tb.Fatal(err)
	}
	return path
}

func BenchmarkCopy(b *testing.B) {
	path := shared(b)
	if info, err := os.Stat(path); err == nil {
		b.SetBytes(info.Size())
	}
	for b.Loop() {
		if err := (File{Spec: Default}).Copy(context.Background(), path); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	ctx := context.Background()
	path := shared(b)
	for _, mode := range []struct {
		name string
		o    Options
	}{{"pooled", Options{Connections: 1}}, {"fresh", Options{Fresh: true}}} {
		s, err := Open(ctx, path, mode.o)
		if err != nil {
			b.Fatal(err)
		}
		r := rand.New(rand.NewPCG(1, 1))
		b.Run("query=product/conn="+mode.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Product(ctx, r.Int64N(int64(Default.Products))+1); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("query=stock/conn="+mode.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Stock(ctx, r.Int64N(int64(Default.Products))+1); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("query=summary/conn="+mode.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Summary(ctx, r.Int64N(int64(Default.Categories))+1); err != nil {
					b.Fatal(err)
				}
			}
		})
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
