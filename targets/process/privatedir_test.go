package process

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestPrivateDirIsPrivate(t *testing.T) {
	d := private(t)
	info, err := os.Stat(d.Path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, want 0700", info.Mode().Perm())
	}
	for range 2 {
		if err := d.Remove(); err != nil {
			t.Errorf("Remove = %v", err)
		}
	}
}

func TestSweepSparesWhatIsHeldAndWhatIsNotOurs(t *testing.T) {
	held := private(t)
	shared, err := JoinPrivateDir(held.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer shared.Remove()
	if err := held.lock.Close(); err != nil { // the parent died, the child did not
		t.Fatal(err)
	}
	foreign := filepath.Join(os.TempDir(), "bench-results")
	if err := os.Mkdir(foreign, 0o700); err != nil {
		t.Fatal(err)
	}
	left, err := NewPrivateDir()
	if err != nil {
		t.Fatal(err)
	}
	if err := left.lock.Close(); err != nil {
		t.Fatal(err)
	}
	next, err := NewPrivateDir()
	if err != nil {
		t.Fatal(err)
	}
	defer next.Remove()
	for path, want := range map[string]bool{held.Path: true, foreign: true, next.Path: true, left.Path: false} {
		if exists(path) != want {
			t.Errorf("%s exists: %v, want %v", path, !want, want)
		}
	}
}

// A directory must survive the sweeps of others from the moment it is handed out, even if it is made in the midst of one.
func TestPrivateDirsMadeDuringSweeps(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				d, err := NewPrivateDir()
				if err != nil {
					t.Error(err)
					return
				}
				if err := os.WriteFile(filepath.Join(d.Path, "data"), nil, 0o600); err != nil {
					t.Error("swept while held: ", err)
				}
				d.Remove()
			}
		})
	}
	wg.Wait()
	if left, _ := os.ReadDir(os.TempDir()); len(left) > 0 {
		t.Errorf("%d directories left, first %s", len(left), left[0].Name())
	}
}

func TestJoinPrivateDirThatIsGone(t *testing.T) {
	d := private(t)
	d.Remove()
	if _, err := JoinPrivateDir(d.Path); err == nil {
		t.Error("no error")
	}
}
