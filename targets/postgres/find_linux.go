package postgres

import (
	"cmp"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// programs are those of one installation.
type programs struct {
	initdb, postgres string
	version          string // such as "15.12"
}

// find looks for an installation that is new enough, in the order PATH, pg_config, Debian's directories with the newest
// first.
func find(ctx context.Context) (programs, error) {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil { // a link may lack initdb at its side
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // its only error is a bad pattern
	slices.SortFunc(debian, func(a, b string) int { return cmp.Compare(majorOf(b), majorOf(a)) })
	var old string
	for _, dir := range append(dirs, debian...) {
		p := programs{initdb: filepath.Join(dir, "initdb"), postgres: filepath.Join(dir, "postgres")}
		if _, err := exec.LookPath(p.initdb); err != nil {
			continue
		}
		out, err := exec.CommandContext(ctx, p.postgres, "--version").Output()
		if err != nil {
			continue
		}
		if p.version = versionIn(string(out)); major(p.version) >= MinVersion {
			return p, nil
		}
		old = fmt.Sprintf(", where %s is too old", cmp.Or(p.version, dir))
	}
	if err := ctx.Err(); err != nil {
		return programs{}, err
	}
	return programs{}, fmt.Errorf("no PostgreSQL %d or newer on this machine: looked in PATH, where pg_config says and in "+
		"/usr/lib/postgresql/*/bin%s; install it, as by apt-get install postgresql, or give the DSN of a server", MinVersion, old)
}

// majorOf is the version in Debian's path of programs, /usr/lib/postgresql/15/bin.
func majorOf(bin string) int { return major(filepath.Base(filepath.Dir(bin))) }

var version = regexp.MustCompile(`\(PostgreSQL\) (\d+[^ \n]*)`)

// versionIn returns the version in the output of postgres --version, or "".
func versionIn(line string) string {
	if m := version.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return ""
}

// major is the number that a version begins with, or 0.
func major(version string) int {
	n, _ := strconv.Atoi(version[:len(version)-len(strings.TrimLeft(version, "0123456789"))])
	return n
}

// Installed says with an error why no server can be started here.
func Installed(ctx context.Context) error {
	_, err := find(ctx)
	return err
}
