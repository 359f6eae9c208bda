package loadgen

import (
	"math"
	"runtime"
	"runtime/debug"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// What the recorder and the engine need, in bytes.
const (
	totalBytes  = 270 << 10 // a histogram of 3 digits
	detailBytes = 37 << 10  // a histogram of 2 digits
	baseMemory  = 30 << 20  // the engine's connections, and room for garbage
	smallHeap   = 4 << 20   // a heap that is not worth a collection before the run
	maxMemory   = 256 << 20 // a plan that could need more is left to the collector's own pace

	// secureBytes is about what is kept of a connection of TLS for its keys and buffers: more once a long record has come over it.
	secureBytes = 10 << 10
	// sharePercent is how much garbage there may be, in percent of what lives, where connections of TLS are most of that: it is made
	// as they open.
	sharePercent = 10
)

// manySecure reports whether what connections of TLS keep is more than the room that the plan has for connections.
func (p Plan) manySecure() bool {
	return p.secure() && p.version() != runfile.HTTP2 && p.slots()*secureBytes > baseMemory/3
}

// recorderBytes is about what the histograms of the run can come to: of each phase ten of the totals, and of each
// endpoint and class told apart three.
func (l *layout) recorderBytes() int64 {
	endpoints := min(l.endpoints, runfile.MaxEndpoints+1)
	return int64(len(l.spans)) * int64(10*totalBytes+endpoints*len(classes)*3*detailBytes)
}

// limitMemory gives the garbage collector a limit that matches the run, and no other occasion to collect: what lives is
// known beforehand, what the plan holds of files among it, and a collection beside the pacing is worth avoiding. Of a mirrored run, whose two sides
// would set each other's limit, and of journeys that is not known; nor of many connections of TLS, of which a limit would have it
// collect back to back. It returns what undoes it.
func (r *recording) limitMemory() (undo func()) {
	need := r.layout.recorderBytes() + baseMemory
	limit, percent := need+heldBytes(), -1
	if r.plan.manySecure() {
		limit, percent = math.MaxInt64, sharePercent
	} else if need > maxMemory || r.pair != nil || r.mix.Journeys != nil {
		limit, percent = math.MaxInt64, 100
	}
	oldPercent, oldLimit := debug.SetGCPercent(percent), debug.SetMemoryLimit(limit)
	return func() {
		debug.SetGCPercent(oldPercent)
		debug.SetMemoryLimit(oldLimit)
	}
}

// heldBytes is what this process holds before a run, as the collector's limit counts it: what lives, such as the plan with
// the rows of its files, and what reading them has left mapped. Of a few megabytes some may be garbage: to find out costs more
// than the start of the run.
func heldBytes() int64 {
	var m runtime.MemStats
	if runtime.ReadMemStats(&m); m.HeapAlloc > smallHeap {
		runtime.GC()
		runtime.ReadMemStats(&m)
	}
	return int64(m.Sys - m.HeapReleased)
}
