//go:build amd64 || arm64

package wire

import (
	"bytes"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// The bounds of what is judged on the loop. To search a longer body takes so long that others would be sent late for it.
const (
	maxJudgedHere = 16 << 10 // bytes of a body
	maxApart      = 64       // answers that are judged apart at once; what is beyond is judged here
)

// judged tells the loop which answers have been judged apart from it.
type judged struct {
	handover[*exchange.Exchange]
	ends []time.Duration // of the exchanges that are not recorded yet
}

// judge records a whole answer when it has been judged: at once, or of a follow-up's long body as soon as another goroutine has. In the
// closed model, where nothing is due by a schedule, it is at once.
func (l *loop) judge(x *exchange.Exchange, body []byte) {
	if l.FollowUp == nil || l.Users != nil || len(body) <= maxJudgedHere || len(l.judged.ends) >= maxApart {
		l.name(x, body)
		if l.KeepBody != nil {
			l.worked()
		}
		l.record(x)
		return
	}
	apart, whole := *x, bytes.Clone(body)
	apart.Header.Lines = bytes.Clone(x.Header.Lines)
	l.judged.ends = append(l.judged.ends, x.End)
	l.judged.run(&l.poller, func() *exchange.Exchange {
		l.name(&apart, whole)
		return &apart
	})
}

// notBefore returns an instant, or an earlier one at which an answer arrived that is still judged: what follows could have been sent from
// then on.
func (j *judged) notBefore(at time.Duration) time.Duration {
	for _, end := range j.ends {
		at = min(at, end)
	}
	return at
}

// name says what the failure of a whole answer is called, if it is one.
func (l *loop) name(x *exchange.Exchange, body []byte) {
	if x.Kind = l.Failure(x, body); x.Kind != "" {
		x.Outcome = exchange.Failed
	}
}

// takeJudged records what has been judged apart.
func (l *loop) takeJudged() {
	for _, x := range l.judged.take() {
		i := slices.Index(l.judged.ends, x.End)
		l.judged.ends = slices.Delete(l.judged.ends, i, i+1)
		l.record(x)
	}
}
