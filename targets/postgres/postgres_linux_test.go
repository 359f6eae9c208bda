package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestVersions(t *testing.T) {
	for _, tc := range []struct {
		line, version string
		major         int
	}{
		{"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", "15.18", 15},
		{"postgres (PostgreSQL) 9.6.24\n", "9.6.24", 9},
		{"postgres (PostgreSQL) 18beta1\n", "18beta1", 18},
		{"postgres (EnterpriseDB)\n", "", 0},
		{"", "", 0},
	} {
		v := versionIn(tc.line)
		if v != tc.version || major(v) != tc.major {
			t.Errorf("%q: version %q, major %d, want %q, %d", tc.line, v, major(v), tc.version, tc.major)
		}
	}
	if majorOf("/usr/lib/postgresql/9.6/bin") >= majorOf("/usr/lib/postgresql/15/bin") {
		t.Error("9.6 is not older than 15")
	}
}

// The error names a server that is too old; a server without initdb beside it is ignored.
func TestFindRefusesOld(t *testing.T) {
	dir := t.TempDir()
	for name, script := range map[string]string{
		"postgres":  "#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n",
		"initdb":    "#!/bin/sh\n",
		"pg_config": "#!/bin/sh\nexit 1\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	p, err := find(t.Context())
	if err == nil && strings.HasPrefix(p.postgres, dir) {
		t.Errorf("found %+v", p)
	}
	if err != nil && !strings.Contains(err.Error(), "where 14.9 is too old; install it") {
		t.Errorf("error %v", err)
	}
}

func TestSegmentIn(t *testing.T) {
	for _, tc := range []struct {
		text  string
		id    int
		alone bool
		ok    bool
		why   string
	}{
		{"4242\n/data\n1732456789\n5432\n/sockets\n\n  5242904        17\nready   \n", 17, false, true, "a server's"},
		{"-4242\n/data\n1732456789\n0\n\n\n  5242904         0\n", 0, true, true, "a bootstrapping one's, and the first segment of the machine is 0"},
		{"4242\n/data\n1732456789\n5432\n/sockets\n", 0, false, false, "it had no segment yet"},
		{"4242\n/data\n1732456789\n5432\n/sockets\n\n\n", 0, false, false, "an empty line"},
		{"", 0, false, false, "nothing"},
	} {
		path := filepath.Join(t.TempDir(), "postmaster.pid")
		if err := os.WriteFile(path, []byte(tc.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := segmentIn(path)
		want := segment{tc.id, tc.alone, os.Getuid()}
		if (err == nil) != tc.ok || tc.ok && got != want {
			t.Errorf("%q: %+v, %v, want %+v (%s)", tc.text, got, err, want, tc.why)
		}
	}
}

func TestHandlesIn(t *testing.T) {
	list := func(magic, count uint32, items ...[2]uint32) []byte {
		b := binary.NativeEndian.AppendUint32(nil, magic)
		b = binary.NativeEndian.AppendUint32(b, count)
		b = append(b, make([]byte, itemsAt-len(b))...)
		for _, item := range items {
			b = binary.NativeEndian.AppendUint32(b, item[0])
			b = binary.NativeEndian.AppendUint32(b, item[1])
			b = append(b, make([]byte, itemLength-8)...)
		}
		return b
	}
	for _, tc := range []struct {
		list []byte
		want []uint32
		why  string
	}{
		{list(listMagic, 3, [2]uint32{8, 1}, [2]uint32{10, 0}, [2]uint32{4294967294, 2}), []uint32{8, 4294967294}, "one is free"},
		{list(listMagic, 1, [2]uint32{8, 1}, [2]uint32{10, 1}), []uint32{8}, "only so many count"},
		{list(listMagic, 1<<31, [2]uint32{8, 1}), []uint32{8}, "the list is shorter than it says"},
		{list(listMagic+1, 1, [2]uint32{8, 1}), nil, "no list"},
		{list(listMagic, 1)[:itemsAt-1], nil, "cut off"},
		{nil, nil, "nothing"},
	} {
		if got := handlesIn(tc.list); !slices.Equal(got, tc.want) {
			t.Errorf("%d, want %d (%s)", got, tc.want, tc.why)
		}
	}
}

func TestLastLines(t *testing.T) {
	for in, want := range map[string]string{
		"":           "",
		"a\n":        ": a",
		"a\nb\nc\nd": ": b; c; d",
		"LOG:  server process was terminated\nFATAL:  the database system is in recovery mode\n": ": LOG:  server process was terminated",
		"FATAL:  could not map anonymous shared memory":                                          ": FATAL:  could not map anonymous shared memory",
	} {
		if got := lastLines(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestStartRefuses(t *testing.T) {
	if err := Installed(t.Context()); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("needs PostgreSQL: ", err)
	}
	private := func(t *testing.T, mode os.FileMode, name string) string {
		parent, err := os.MkdirTemp("/tmp", "pg")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(parent) })
		if err := os.Chmod(parent, mode); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(parent, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	if _, err := Start(t.Context(), Options{Dir: private(t, 0o755, strings.Repeat("x", 90))}); err == nil || !strings.Contains(err.Error(), "set TMPDIR to a shorter one") {
		t.Errorf("a path too long: %v", err)
	}
	if _, err := Start(t.Context(), Options{Dir: "/nowhere"}); err == nil || !strings.Contains(err.Error(), "make PostgreSQL's directory: mkdir /nowhere/postgres: no such file") {
		t.Errorf("no directory: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := Start(ctx, Options{Dir: private(t, 0o755, "x"), Progress: func(string) { cancel() }}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if os.Geteuid() == 0 {
		if _, err := Start(t.Context(), Options{Dir: private(t, 0o700, "x")}); err == nil || !strings.Contains(err.Error(), "set TMPDIR to a directory that all may enter") {
			t.Errorf("a directory that only root may enter: %v", err)
		}
	}
}
