package compare

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// noise is what a machine does to identical code: scatter of rounds, of which half is a state of the machine that both arms
// feel, 15 % a state of each arm's own, and the rest has the tails of Student's distribution with four degrees of freedom;
// a slow wave; a drift; and rounds that a neighbour spoils. The figures are assumed, not measured.
type noise struct {
	name     string
	scatter  [3]float64 // log standard deviation of a round at P50, P95, P99
	outliers float64    // share of the rounds
	episode  float64    // rounds at a go, in the mean
	drift    float64    // over 80 rounds

	ownState     float64 // share of the variance that is an arm's own; 0: ownShare
	ownRemembers float64 // of that, from one of its rounds to the next
}

var (
	quiet   = noise{name: "quiet", scatter: [3]float64{0.01, 0.03, 0.06}, outliers: 0.05, episode: 1.4, drift: 0.03}
	typical = noise{name: "typical", scatter: [3]float64{0.02, 0.055, 0.10}, outliers: 0.075, episode: 1.4, drift: 0.10}
	noisy   = noise{name: "noisy", scatter: [3]float64{0.03, 0.08, 0.15}, outliers: 0.10, episode: 1.4, drift: 0.20}
	loud    = noise{name: "loud", scatter: [3]float64{0.02, 0.055, 0.10}, outliers: 0.50, episode: 3, drift: 0.10}

	// saturated is a service whose rounds hang together by its own backlog.
	saturated = noise{name: "saturated", scatter: typical.scatter, outliers: 0.075, episode: 1.4, drift: 0.10, ownState: 0.4, ownRemembers: 0.6}
)

const (
	machineShare, machineMemory = 0.50, 0.45
	ownShare, ownMemory         = 0.15, 0.30
)

// outlierExponents say how much of an outlier's factor each percentile feels.
var outlierExponents = [3]float64{0.15, 0.6, 1}

// machine is the state of one simulated machine.
type machine struct {
	noise
	random  *rand.Rand
	t       int // rounds since the start
	shared  [3]float64
	own     [2][3]float64
	phase   float64
	outlier bool
	run     runfile.Run
}

func newMachine(n noise, seed uint64) *machine {
	m := &machine{noise: n, random: rand.New(rand.NewPCG(seed, 0x6e6f697365))}
	m.phase = m.random.Float64() * 2 * math.Pi
	for i := range 3 {
		m.shared[i] = m.random.NormFloat64()
		for arm := range m.own {
			m.own[arm][i] = m.random.NormFloat64()
		}
	}
	return m
}

// shifts returns by how much the logarithms of a round's percentiles are moved.
func (m *machine) shifts(arm int) (at [3]float64) {
	m.t++
	if m.outlier {
		m.outlier = m.random.Float64() >= 1/m.episode
	} else {
		// In the mean an episode lasts m.episode rounds, and so long must lie between two for the share to come out.
		m.outlier = m.random.Float64() < m.outliers/(1-m.outliers)/m.episode
	}
	hit := 0.0
	if m.outlier {
		hit = math.Log(1.2 + 0.8*m.random.Float64())
	}
	own, memory := m.ownState, m.ownRemembers
	if own == 0 {
		own, memory = ownShare, ownMemory
	}
	shared := min(machineShare, 1-own)
	for i, s := range m.scatter {
		carry(&m.shared[i], machineMemory, m.random)
		carry(&m.own[arm][i], memory, m.random)
		log := s * (math.Sqrt(shared)*m.shared[i] + math.Sqrt(own)*m.own[arm][i] +
			math.Sqrt((1-shared-own)/2)*student4(m.random))
		log += 0.5*s*math.Sin(m.phase+2*math.Pi*float64(m.t)/25) + m.drift*float64(m.t)/80 + hit*outlierExponents[i]
		at[i] = log
	}
	return at
}

// round returns a round of an arm whose percentiles are those factors above a millisecond and its multiples.
func (m *machine) round(arm int, truth [3]float64) *runfile.Run {
	at := m.shifts(arm)
	for i := range at {
		at[i] = math.Exp(at[i]) * truth[i] * float64(i+1) * 1e6
	}
	const count = 4000
	m.run = runfile.Run{
		Verdict:  runfile.Verdict{Kind: runfile.Valid},
		Requests: runfile.Requests{Due: count, Succeeded: count},
		Overall: runfile.Phase{
			DurationNS:   2 * time.Second,
			Requests:     runfile.Requests{Succeeded: count},
			ResponseTime: runfile.Dist{Count: count, P50NS: time.Duration(at[0]), P95NS: time.Duration(at[1]), P99NS: time.Duration(at[2])},
		},
	}
	return &m.run
}

// carry steps a process of the variance 1 that remembers a share of itself.
func carry(state *float64, memory float64, random *rand.Rand) {
	*state = memory**state + math.Sqrt(1-memory*memory)*random.NormFloat64()
}

// student4 draws from Student's distribution with four degrees of freedom, whose variance is 2.
func student4(random *rand.Rand) float64 {
	var chi float64
	for range 4 {
		z := random.NormFloat64()
		chi += z * z
	}
	return random.NormFloat64() / math.Sqrt(chi/4)
}
