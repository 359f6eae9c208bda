package runfile

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
)

// Threshold is an objective that a run meets or does not, such as p99<200ms.
type Threshold struct {
	Text     string   // as it was written
	Duration string   // response, service, wait or lag, or stale, the age of stale reads; "" of errors, rate and stale
	Metric   Metric   // the figure of that duration, or of the requests
	Quantile float64  // of a percentile, 0-1
	Phase    string   // the name of a phase, or a kind: all phases of it together; "" all but warm-up
	Endpoint string   // the name of an endpoint; "" all
	Operator Operator // how it is compared with Limit
	Limit    float64  // nanoseconds; of errors, stale and hits a share, 0-1; of rate requests/s, of origin statements/s, of lost writes

	StrictSamples bool // whether too few samples fail it, instead of being marked only
}

// Written is a threshold that stands in a file as its text, and is read once, with the file. One that cannot be read has a text
// alone, which the check of a run refuses.
type Written struct{ Threshold }

func (w Written) MarshalText() ([]byte, error) { return []byte(w.Text), nil }

func (w *Written) UnmarshalText(text []byte) error {
	t, err := ParseThreshold(string(text))
	if err != nil {
		t = Threshold{Text: string(text)}
	}
	w.Threshold = t
	return nil
}

// Metric is what a threshold is about.
type Metric string

// The metrics of thresholds.
const (
	MetricPercentile Metric = "percentile"
	MetricMean       Metric = "mean"
	MetricMin        Metric = "min"
	MetricMax        Metric = "max"
	MetricErrors     Metric = "errors" // the share of the due requests that failed or never finished
	MetricRate       Metric = "rate"   // successes finished per second of the phases' clock time
	MetricStale      Metric = "stale"  // the share of the judged reads that were certainly stale
)

// Operator compares what was measured with a threshold's limit.
type Operator string

// The operators of thresholds.
const (
	Less      Operator = "<"
	AtMost    Operator = "<="
	Greater   Operator = ">"
	NotBelow  Operator = ">="
	operators          = "<, <=, > or >="
)

// ParseThreshold reads a threshold:
//
//	[service:|wait:|lag:|stale:] metric [@phase] [{endpoint}] operator limit
//
// A metric is a percentile (p99, p99.9, or p(99) as k6 has it), mean, min or max of the response time, or of the duration
// named before it, where stale is the age of stale reads; errors, stale or hits, whose limit is a share (1% or 0.01); rate, whose
// limit is a number of requests (990/s); origin, whose limit is a number of statements (50/s); or lost, whose limit is a number of
// writes (0). A duration without a unit is in milliseconds, as in k6. An endpoint's name may hold any character, braces too; it stands
// between the first brace and the last. The errors say what was wrong and how to write it.
func ParseThreshold(text string) (Threshold, error) {
	return parseThreshold("threshold", text)
}

func parseThreshold(what, text string) (Threshold, error) {
	t := Threshold{Text: strings.TrimSpace(text)}
	if err := t.parse(); err != nil {
		return Threshold{}, fmt.Errorf("%s %s: %w", what, strconv.Quote(Excerpt(t.Text)), err)
	}
	return t, nil
}

func (t *Threshold) parse() error {
	if len(t.Text) > maxText {
		return fmt.Errorf("it is longer than %d bytes", maxText)
	}
	if !utf8.ValidString(t.Text) {
		return errors.New("it is not valid UTF-8") // a run file could not hold it
	}
	// No limit holds an operator, but the name of an endpoint may.
	at := strings.LastIndexAny(t.Text, "<>")
	switch braces := strings.LastIndexByte(t.Text, '}'); {
	case braces >= 0 && at < braces:
		return errors.New("an operator and a limit are missing behind the braces: write p99@spike{GET /products}<200ms")
	case at < 0 && strings.Contains(t.Text, "="):
		return fmt.Errorf("its operator must be %s, and not =", operators)
	case at < 0:
		return fmt.Errorf("it has no operator (%s): write it as p99<200ms", operators)
	}
	what, limit := strings.TrimSpace(t.Text[:at]), t.Text[at+1:]
	t.Operator = Operator(t.Text[at : at+1])
	if rest, ok := strings.CutPrefix(limit, "="); ok {
		t.Operator, limit = t.Operator+"=", rest
	}
	if strings.HasSuffix(what, "<") || strings.HasSuffix(what, ">") || strings.HasSuffix(what, "=") || strings.HasPrefix(limit, "=") {
		return fmt.Errorf("its operator must be %s", operators)
	}
	if err := t.parseScope(what); err != nil {
		return err
	}
	return t.parseLimit(strings.ReplaceAll(limit, " ", ""))
}

// parseScope reads what stands before the operator.
func (t *Threshold) parseScope(s string) error {
	s, endpoint, braced := strings.Cut(s, "{")
	if braced {
		name, ok := strings.CutSuffix(endpoint, "}")
		switch {
		case !ok:
			return errors.New("the endpoint comes last, in braces: p99@spike{GET /products}<200ms")
		case strings.TrimSpace(name) == "":
			return errors.New("the braces name no endpoint: write p99{GET /products}<200ms, or leave them out")
		}
		t.Endpoint = name
	}
	s, phase, given := strings.Cut(s, "@")
	if t.Phase = strings.TrimSpace(phase); given && t.Phase == "" {
		return errors.New("there is no phase after the @: write p99@spike<200ms, or leave it out")
	}
	duration, metric, given := strings.Cut(s, ":")
	if !given {
		metric = duration
	}
	if err := t.parseMetric(strings.ToLower(strings.TrimSpace(metric))); err != nil {
		return err
	}
	switch duration = strings.TrimSpace(duration); {
	case given && t.timeless():
		return fmt.Errorf("%s is not taken of a duration: leave out %q", t.Metric, duration+":")
	case given && duration != "service" && duration != "wait" && duration != "lag" && duration != durationStale:
		return fmt.Errorf("%q is no duration: there are service, wait, lag and stale; the response time has no prefix", duration)
	case given:
		t.Duration = duration
	case !t.timeless():
		t.Duration = "response"
	}
	switch {
	case t.ofRun() && (t.Phase != "" || t.Endpoint != ""):
		return fmt.Errorf("%s is measured over the whole run: leave out the phase and the endpoint", t.Metric)
	case t.Endpoint == "":
	case t.OfStale():
		return errors.New("stale reads are counted by phase, not by endpoint: leave out the braces")
	case t.Duration == "wait" || t.Duration == "lag":
		return fmt.Errorf("%s is measured by phase, not by endpoint: leave out the braces, or take \"service:\" instead", t.Duration)
	}
	return nil
}

// theirWords are the names that other tools have for a metric.
var theirWords = map[string]string{"avg": "mean", "med": "p50", "median": "p50", "p0": "min", "p100": "max", "p(100)": "max", "p(0)": "min",
	"error": "errors", "failed": "errors", "http_req_failed": "errors", "http_req_duration": "p99", "rps": "rate", "latency": "p99"}

func (t *Threshold) parseMetric(s string) error {
	switch m := Metric(s); m {
	case MetricMean, MetricMin, MetricMax, MetricErrors, MetricRate, MetricStale, MetricHits, MetricOrigin, MetricLost:
		t.Metric = m
		return nil
	}
	if ours, ok := theirWords[s]; ok {
		return fmt.Errorf("there is no metric %q: write %s", s, ours)
	}
	digits, ok := strings.CutPrefix(s, "p")
	if inner, open := strings.CutPrefix(digits, "("); open {
		digits, ok = strings.CutSuffix(inner, ")")
	}
	percentile, number := units.ParseNumber(digits)
	switch {
	case !ok || !number:
		return fmt.Errorf("there is no metric %s: there are percentiles (p99, p99.9), mean, min, max, errors, rate, stale, hits, origin and lost", strconv.Quote(Excerpt(s)))
	case percentile >= 100 && strings.Trim(digits, "9") == "":
		return fmt.Errorf("a percentile lies between 0 and 100: write p%s.%s", digits[:2], digits[2:])
	case percentile <= 0 || percentile >= 100:
		return errors.New("a percentile lies between 0 and 100, both left out: write p99, min or max")
	}
	t.Metric, t.Quantile = MetricPercentile, percentile/100
	return nil
}

func (t *Threshold) parseLimit(s string) error {
	switch {
	case s == "":
		return errors.New("there is no limit after the operator: write it as p99<200ms")
	case t.Metric == MetricErrors || t.Metric == MetricStale || t.Metric == MetricHits:
		return t.parseShare(s)
	case t.Metric == MetricLost:
		return t.parseLost(s)
	case t.Metric == MetricRate || t.Metric == MetricOrigin:
		rate, err := profiles.ParseRate(s)
		t.Limit = rate
		return err
	}
	limit, err := time.ParseDuration(s)
	if ms, ok := units.ParseNumber(s); ok {
		// Up to an hour is the range of every histogram, so no conversion below it can overflow.
		limit, err = time.Duration(math.Round(min(max(ms, -1), 4e6)*1e6)), nil
	}
	switch {
	case err != nil:
		return fmt.Errorf("its limit must be a duration such as 200ms, 1.5s, or 200 for milliseconds, got %s", strconv.Quote(Excerpt(s)))
	case limit <= 0:
		return fmt.Errorf("its limit must be above 0, got %s", Excerpt(s))
	case limit > time.Duration(HighestTrackable):
		return fmt.Errorf("durations are kept up to 1h, so its limit cannot be %s", Excerpt(s))
	}
	t.Limit = float64(limit)
	return nil
}

func (t *Threshold) parseShare(s string) error {
	share, ok := units.ParseNumber(s)
	percent, isPercent := units.ParsePercent(s)
	switch {
	case isPercent:
		share = percent / 100
	case !ok:
		return fmt.Errorf("its limit must be a share such as 1%% or 0.01, got %s", strconv.Quote(Excerpt(s)))
	case share >= 1:
		return fmt.Errorf("%s is all of the requests or more: for a percentage write %s%%", Excerpt(s), Excerpt(s))
	}
	switch {
	case share < 0 || share > 1:
		return fmt.Errorf("a share lies between 0%% and 100%%, got %s", Excerpt(s))
	case share == 0 && t.Operator == Less:
		return fmt.Errorf("no share is below 0: write %s<=0 for none at all", t.Metric)
	}
	t.Limit = share
	return nil
}

// Holds compares a figure with the limit.
func (t Threshold) Holds(figure float64) bool {
	switch t.Operator {
	case Less:
		return figure < t.Limit
	case AtMost:
		return figure <= t.Limit
	case Greater:
		return figure > t.Limit
	default:
		return figure >= t.Limit
	}
}

// Upper reports whether the limit is the most that is allowed.
func (t Threshold) Upper() bool { return t.Operator == Less || t.Operator == AtMost }
