package postgres

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// owner is the user that the server runs as; nil means this process's.
type owner struct {
	name     string
	uid, gid int
}

// chooseOwner returns postgres or nobody where this process is root, as which the server refuses to run.
func chooseOwner() (*owner, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		return &owner{name, uid, gid}, nil
	}
	return nil, errors.New("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody: start bench as another user")
}

// credential makes a process run as the owner.
func (o *owner) credential() *syscall.Credential {
	if o == nil {
		return nil
	}
	return &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid)}
}

// directory makes the server's directory below dir, of which the owner may then pass through to it, and no more.
func (o *owner) directory(dir string) (string, error) {
	path := filepath.Join(dir, "postgres")
	if err := os.Mkdir(path, 0o700); err != nil {
		return "", err
	}
	if o == nil {
		return path, nil
	}
	return path, errors.Join(os.Chown(path, o.uid, o.gid), os.Chown(dir, -1, o.gid), os.Chmod(dir, 0o710))
}

// secret writes a file that only the owner reads.
func (o *owner) secret(path, text string) error {
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil || o == nil {
		return err
	}
	return os.Chown(path, o.uid, o.gid)
}
