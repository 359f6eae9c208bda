package usage

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	promfs "github.com/prometheus/procfs"
)

func TestParseCPUGroups(t *testing.T) {
	const systemd = "24 30 0:22 / /sys rw,nosuid,nodev,noexec,relatime shared:2 - sysfs sysfs rw\n" +
		"35 24 0:30 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n"
	const dockerOne = "1520 1519 0:31 /docker/4f5a /sys/fs/cgroup/systemd ro,nosuid,nodev,noexec,relatime master:11 - cgroup cgroup rw,xattr,name=systemd\n" +
		"1524 1519 0:35 /docker/4f5a /sys/fs/cgroup/cpu,cpuacct ro,nosuid,nodev,noexec,relatime master:15 - cgroup cgroup rw,cpu,cpuacct\n" +
		"1525 1519 0:36 /docker/4f5a /sys/fs/cgroup/cpuset ro,nosuid,nodev,noexec,relatime master:16 - cgroup cgroup rw,cpuset\n"
	const hybrid = "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n" +
		"34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset\n" +
		"32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n" +
		"33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct\n" +
		"41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
	for _, tc := range []struct {
		why, memberships, mounts string
		want                     []cpuGroup
	}{
		{"systemd, version 2", "0::/user.slice/user-1000.slice/session-3.scope\n", systemd, []cpuGroup{
			{"/sys/fs/cgroup/user.slice/user-1000.slice/session-3.scope", true},
			{"/sys/fs/cgroup/user.slice/user-1000.slice", true},
			{"/sys/fs/cgroup/user.slice", true},
			{"/sys/fs/cgroup", true},
		}},
		{"a container with a control-group namespace", "0::/\n", systemd, []cpuGroup{{"/sys/fs/cgroup", true}}},
		{"a process moved out of its namespace's root", "0::/../other\n", systemd, nil},
		{"Docker, version 1", "12:cpu,cpuacct:/docker/4f5a\n11:cpuset:/docker/4f5a\n1:name=systemd:/docker/4f5a\n", dockerOne,
			[]cpuGroup{{"/sys/fs/cgroup/cpu,cpuacct", false}}},
		{"a group below the one that is mounted", "12:cpu,cpuacct:/docker/4f5a/inner\n", dockerOne,
			[]cpuGroup{{"/sys/fs/cgroup/cpu,cpuacct/inner", false}, {"/sys/fs/cgroup/cpu,cpuacct", false}}},
		{"a group beside the one that is mounted, of a name that begins alike", "12:cpu,cpuacct:/docker/4f5abc\n", dockerOne, nil},
		{"both versions: the one with the cpu controller limits", "9:name=systemd:/\n3:cpuset:/\n2:cpuacct:/\n1:cpu:/jobs\n0::/\n", hybrid,
			[]cpuGroup{{"/sys/fs/cgroup/cpu/jobs", false}, {"/sys/fs/cgroup/cpu", false}}},
		{"both versions, told in another order", "0::/\n1:cpu:/\n", hybrid, []cpuGroup{{"/sys/fs/cgroup/cpu", false}}},
		{"a mount point with a space", "0::/a\n", `35 24 0:30 / /mnt/my\040groups rw - cgroup2 none rw` + "\n",
			[]cpuGroup{{"/mnt/my groups/a", true}, {"/mnt/my groups", true}}},
		{"not mounted", "0::/a\n", "24 30 0:22 / /sys rw - sysfs sysfs rw\n", nil},
		{"no control groups", "", systemd, nil},
		{"nonsense", "x\n0:\n::\n", "y - \n1 2 3 - cgroup2\n", nil},
	} {
		dir := t.TempDir()
		for name, data := range map[string]string{"cgroup": tc.memberships, "mountinfo": tc.mounts} {
			if err := errors.Join(os.MkdirAll(filepath.Join(dir, "1"), 0o700), os.WriteFile(filepath.Join(dir, "1", name), []byte(data), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		proc, err := promfs.NewFS(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := cpuGroupsOf(proc, 1); !slices.Equal(got, tc.want) {
			t.Errorf("%s: groups %v, want %v", tc.why, got, tc.want)
		}
	}
}

func TestParseQuota(t *testing.T) {
	for _, tc := range []struct {
		words []string
		want  float64 // 0: no limit
	}{
		{[]string{"max", "100000"}, 0},
		{[]string{"150000", "100000"}, 1.5},
		{[]string{"5000", "10000"}, 0.5},
		{[]string{"-1", "100000"}, 0},
		{[]string{"100000", "0"}, 0},
		{[]string{"100000"}, 0},
		{nil, 0},
	} {
		got, ok := parseQuota(tc.words)
		if got != tc.want || ok != (tc.want > 0) {
			t.Errorf("parseQuota(%q) = %v, %v, want %v", tc.words, got, ok, tc.want)
		}
	}
}

func TestParseThrottling(t *testing.T) {
	for _, tc := range []struct {
		why, data string
		want      throttling
	}{
		{"version 2", "usage_usec 5120349\nuser_usec 4018232\nsystem_usec 1102117\nnr_periods 613\nnr_throttled 29\nthrottled_usec 1532200\nnr_bursts 0\nburst_usec 0\n",
			throttling{1532200 * time.Microsecond, 29}},
		{"version 1", "nr_periods 613\nnr_throttled 29\nthrottled_time 1532200817\nnr_bursts 0\nburst_time 0\n", throttling{1532200817, 29}},
		{"the topmost group of version 2", "usage_usec 5120349\nuser_usec 4018232\nsystem_usec 1102117\n", throttling{}},
		{"nonsense", "nr_throttled many\nthrottled_usec\n\n", throttling{}},
	} {
		if got := parseThrottling([]byte(tc.data)); got != tc.want {
			t.Errorf("%s: %+v, want %+v", tc.why, got, tc.want)
		}
	}
}

func TestGroupFiles(t *testing.T) {
	two, one, gone := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "gone")
	for path, data := range map[string]string{
		filepath.Join(two, "cpu.max"):           "250000 100000\n",
		filepath.Join(two, "cpu.stat"):          "nr_throttled 3\nthrottled_usec 7\n",
		filepath.Join(one, "cpu.cfs_quota_us"):  "50000\n",
		filepath.Join(one, "cpu.cfs_period_us"): "100000\n",
		filepath.Join(one, "cpu.stat"):          "nr_throttled 1\nthrottled_time 500\n",
	} {
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	groups := []cpuGroup{{two, true}, {one, false}, {gone, true}}
	for i, want := range []float64{2.5, 0.5, 0} {
		if got, ok := groups[i].quota(); got != want || ok != (want > 0) {
			t.Errorf("quota of group %d = %v, %v, want %v", i, got, ok, want)
		}
	}
	if got := leastQuota(groups); got != 0.5 {
		t.Errorf("the least quota is %v, want 0.5", got)
	}
	if got := leastQuota(groups[2:]); got != 0 {
		t.Errorf("the least quota of none is %v", got)
	}
	var files kernelFiles
	if got, ok := readThrottling(groups, &files); !ok || got != (throttling{7500, 4}) {
		t.Errorf("readThrottling = %+v, %v, want 7.5µs in 4 periods", got, ok)
	}
	if got, ok := readThrottling(groups[2:], &files); ok {
		t.Errorf("readThrottling with nothing to read = %+v, want it said", got)
	}
}

// Where control groups are seen, the environment says what they grant, be it all.
func TestEnvironmentSaysWhatTheControlGroupGrants(t *testing.T) {
	groups := cpuGroups()
	if groups == nil {
		t.Skip("no control group is seen here")
	}
	got, quota := ReadEnvironment().Quota, leastQuota(groups)
	if quota >= float64(startAffinity) {
		quota = 0
	}
	if got == nil || *got != quota {
		t.Errorf("the limit is said to be %v, want %v", got, quota)
	}
}
