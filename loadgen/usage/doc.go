// Package usage tells who used what while a load ran: this process, the target and all that descends from it, and the host.
//
//   - sampler.go, series.go: a sample each second, and the series that stay bounded
//   - proc_linux.go, files_linux.go, self_*.go, tree.go, threads.go: what processes and their threads used
//   - host.go, system_*.go, cgroup_linux.go: what the host used, and what a control group held back
//   - processors*.go, background_*.go: which processors bench may run on, and pinning it to some
//   - memory.go, freememory*.go: what a process and the host have of memory
//   - descriptors_*.go, environment.go, idleuse.go: what this machine and this build are, before a run
package usage
