package usage

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestSamplerWithoutTarget(t *testing.T) {
	s := NewSampler(0)
	before, ok := s.GeneratorCPU()
	if !ok {
		t.Fatal("bench's own processor time could not be read")
	}
	const burnt = 30 * time.Millisecond
	for now := before; now < before+burnt; now, _ = s.GeneratorCPU() {
	}
	s.Sample(time.Second)
	s.Sample(2 * time.Second)
	r := s.Resources()
	if len(r.Generator) != 2 || len(r.Host) != 2 || r.Target != nil {
		t.Fatalf("%d samples of the generator, %d of the host, target %v; want 2, 2 and none", len(r.Generator), len(r.Host), r.Target)
	}
	if _, ok := s.TargetCPU(); ok {
		t.Error("without a target there is processor time of one")
	}
	g, h := r.Generator[0], r.Host[0]
	if g.AtNS != time.Second || g.CPUNS < burnt || g.RSS == 0 {
		t.Errorf("generator %+v, want at 1s at least %v of processor time, and memory", g, burnt)
	}
	if h.AtNS != time.Second || h.Busy <= 0 || h.Busy > 1 || h.MemoryUsed == 0 {
		t.Errorf("host %+v, want at 1s some of it busy, and memory used", h)
	}
	for _, sentence := range s.Lacking() {
		if strings.Contains(sentence, "target is not") {
			t.Errorf("without a target this is said to be lacking: %s", sentence)
		}
	}
	// What was handed out stays as it is.
	s.Sample(3 * time.Second)
	if len(r.Generator) != 2 || s.Resources().Generator[0] != g {
		t.Error("a later sample changed what was handed out")
	}
}

func TestSamplerOfNoProcess(t *testing.T) {
	s := NewSampler(1 << 22)
	s.Sample(time.Second)
	if r := s.Resources(); r.Target != nil || len(r.Generator) != 1 {
		t.Errorf("target %v, %d of the generator; want none and 1", r.Target, len(r.Generator))
	}
	if said := strings.Join(s.Lacking(), "\n"); !strings.Contains(said, "target is not sampled") {
		t.Errorf("lacking() = %q, want it to name the target", said)
	}
}

// BenchmarkSample measures one sample of this process as target and generator: what it costs the processor that sends
// the requests, once a second.
func BenchmarkSample(b *testing.B) {
	s := NewSampler(os.Getpid())
	before, _ := s.GeneratorCPU()
	b.ReportAllocs()
	for b.Loop() {
		s.Sample(0)
		if len(s.target.samples) == 0 {
			b.Fatal("no sample of the target")
		}
	}
	after, _ := s.GeneratorCPU()
	b.ReportMetric(float64((after-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
}
