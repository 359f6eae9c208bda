package usage

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFreeMemory(t *testing.T) {
	if free, ok := FreeMemory(); !ok || free == 0 {
		t.Errorf("%d bytes, %v", free, ok)
	}
	group := func(most, used string) cpuGroup {
		dir := t.TempDir()
		for name, text := range map[string]string{"memory.max": most, "memory.current": used} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return cpuGroup{dir: dir, unified: true}
	}
	open, tight, over := group("max", "5000"), group("9000", "5000"), group("4000", "5000")
	for name, tc := range map[string]struct {
		groups  []cpuGroup
		left    uint64
		limited bool
	}{
		"no group":      {nil, 0, false},
		"not limited":   {[]cpuGroup{open}, 0, false},
		"the least":     {[]cpuGroup{open, tight, group("99000", "0")}, 4000, true},
		"more than all": {[]cpuGroup{tight, over}, 0, true},
		"version 1":     {[]cpuGroup{{dir: tight.dir}}, 0, false},
	} {
		if left, limited := leftOf(tc.groups); left != tc.left || limited != tc.limited {
			t.Errorf("%s: %d, %v", name, left, limited)
		}
	}
}
