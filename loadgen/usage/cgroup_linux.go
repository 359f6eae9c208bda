package usage

import (
	"bytes"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	promfs "github.com/prometheus/procfs"
)

// cpuGroup is a control group that may limit this process's processor time.
type cpuGroup struct {
	dir     string // of its files
	unified bool   // version 2 of control groups
}

// cpuGroups finds this process's control group and those above it, as far as they can be seen from here: a limit on any
// of them holds it back. None when control groups are not mounted.
func cpuGroups() []cpuGroup {
	proc, err := promfs.NewDefaultFS()
	if err != nil {
		return nil
	}
	self, err := proc.Self()
	if err != nil {
		return nil
	}
	return cpuGroupsOf(proc, self.PID)
}

// cpuGroupsOf finds the control groups of a process (cgroups(7)). A host may have both versions of control groups: where the
// cpu controller is mounted by version 1, it limits nothing in version 2.
func cpuGroupsOf(proc promfs.FS, pid int) []cpuGroup {
	process, err := proc.Proc(pid)
	if err != nil {
		return nil
	}
	memberships, err := process.Cgroups()
	if err != nil {
		return nil
	}
	mounts, err := proc.GetProcMounts(pid)
	if err != nil {
		return nil
	}
	var member string
	unified, found := true, false
	for _, m := range memberships {
		switch {
		case slices.Contains(m.Controllers, "cpu"):
			member, unified, found = m.Path, false, true
		case m.HierarchyID == 0 && len(m.Controllers) == 0 && unified:
			member, found = m.Path, true
		}
	}
	if !found {
		return nil
	}
	for _, m := range mounts {
		if unified && m.FSType != "cgroup2" {
			continue
		}
		if _, controls := m.SuperOptions["cpu"]; !unified && (m.FSType != "cgroup" || !controls) {
			continue
		}
		// The mount shows what lies below its root. A group elsewhere, which a container can be in, cannot be seen.
		root, mountpoint := unescapeMount(m.Root), unescapeMount(m.MountPoint)
		below, ok := strings.CutPrefix(member+"/", strings.TrimSuffix(root, "/")+"/")
		if !ok || strings.HasPrefix(below, "..") {
			continue
		}
		var groups []cpuGroup
		for sub := path.Clean("/" + below); ; sub = path.Dir(sub) {
			groups = append(groups, cpuGroup{dir: path.Join(mountpoint, sub), unified: unified})
			if sub == "/" {
				return groups
			}
		}
	}
	return nil
}

// unescapeMount undoes the octal escapes of mountinfo, such as \040 for a space.
func unescapeMount(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// quota is how many processors the group may use, as a fraction; false when it is not limited.
func (g cpuGroup) quota() (float64, bool) {
	var words []string
	if g.unified {
		data, err := os.ReadFile(path.Join(g.dir, "cpu.max"))
		if err != nil {
			return 0, false
		}
		words = strings.Fields(string(data))
	} else {
		for _, name := range []string{"cpu.cfs_quota_us", "cpu.cfs_period_us"} {
			data, err := os.ReadFile(path.Join(g.dir, name))
			if err != nil {
				return 0, false
			}
			words = append(words, strings.TrimSpace(string(data)))
		}
	}
	return parseQuota(words)
}

// leastQuota is the least that any of the groups allows; 0: no group has a limit.
func leastQuota(groups []cpuGroup) (least float64) {
	for _, g := range groups {
		if quota, ok := g.quota(); ok && (least == 0 || quota < least) {
			least = quota
		}
	}
	return least
}

// parseQuota reads what a group may use and in what period, both in µs. "max", and -1 in version 1, is no limit.
func parseQuota(words []string) (float64, bool) {
	if len(words) != 2 {
		return 0, false
	}
	quota, errQuota := strconv.ParseInt(words[0], 10, 64)
	period, errPeriod := strconv.ParseInt(words[1], 10, 64)
	if errQuota != nil || errPeriod != nil || quota <= 0 || period <= 0 {
		return 0, false
	}
	return float64(quota) / float64(period), true
}

// readThrottling adds up the throttling of the groups. No limit is a true zero; false only when there is nothing to read.
func readThrottling(groups []cpuGroup, files *kernelFiles) (throttling, bool) {
	var sum throttling
	read := false
	for _, g := range groups {
		data, err := files.read(g.dir + "/cpu.stat")
		if err != nil {
			continue
		}
		read = true
		one := parseThrottling(data)
		sum.time += one.time
		sum.periods += one.periods
	}
	return sum, read
}

// parseThrottling reads a group's cpu.stat: µs in version 2 of control groups, ns in version 1. The file of the topmost
// group has neither, as nothing can limit it.
func parseThrottling(data []byte) throttling {
	var t throttling
	for len(data) > 0 {
		var line []byte
		line, data, _ = bytes.Cut(data, []byte("\n"))
		key, rest := nextField(line)
		value, _ := nextField(rest)
		n, err := strconv.ParseUint(string(value), 10, 63)
		if err != nil {
			continue
		}
		switch string(key) {
		case "throttled_usec":
			t.time = time.Duration(n) * time.Microsecond
		case "throttled_time":
			t.time = time.Duration(n)
		case "nr_throttled":
			t.periods = n
		}
	}
	return t
}
