//go:build amd64 || arm64

package wire

import (
	"testing"

	"pgregory.net/rapid"
)

func TestQueueIsASlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var (
			q    queue
			twin []uint64
			k    uint64
		)
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0, 1:
				k++
				q.push(pending{k: k})
				twin = append(twin, k)
			case 2:
				k++
				q.pushFront(pending{k: k})
				twin = append([]uint64{k}, twin...)
			default:
				if len(twin) == 0 {
					continue
				}
				if got := q.pop().k; got != twin[0] {
					t.Fatalf("popped %d, want %d", got, twin[0])
				}
				twin = twin[1:]
			}
			if q.len() != len(twin) {
				t.Fatalf("length %d, want %d", q.len(), len(twin))
			}
		}
		if room := cap(q.items); room > 512 {
			t.Fatalf("room for %d, of which never more than 200 were needed", room)
		}
	})
}
