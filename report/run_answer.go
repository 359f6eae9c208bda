package report

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/page"
)

// runAnswer says in one sentence what the runs found, and where the arithmetic of their loads is known, that.
func runAnswer(subjects []subject, caller Caller) page.Section {
	blocks := []page.Block{page.Headline{Text: Answer(runsOf(subjects), caller)}}
	if m, ok := lessonOf(subjects, caller.Pair); ok && m.Holds() {
		blocks = append(blocks, page.Text{Text: m.Arithmetic(), Detail: page.Usual})
	}
	return page.Section{Blocks: blocks}
}

func runsOf(subjects []subject) []*runfile.Run {
	runs := make([]*runfile.Run, len(subjects))
	for i, s := range subjects {
		runs[i] = s.Run
	}
	return runs
}

// Answer returns the finding of one run, or of several side by side, as a sentence or two; "" without a run. Of the
// caller's pair it tells what a cache does.
func Answer(runs []*runfile.Run, caller Caller) string {
	subjects := subjectsOf(runs)
	for i := range subjects {
		subjects[i].caller = caller
	}
	switch len(subjects) {
	case 0:
		return ""
	case 1:
		return subjects[0].redirected("") + answerOne(subjects[0])
	}
	for _, s := range subjects {
		if text := s.redirected(s.label + ": "); text != "" {
			return text + "Nothing is to be compared before that."
		}
	}
	// What bench spoiled itself comes before anything that the target did.
	if first := subjects[0]; count(subjects, unmeasured) == len(subjects) {
		return first.spoiled()
	}
	for _, s := range subjects {
		if s.outcome() == unmeasured {
			return strings.Join(append([]string{s.label + ": " + lowerFirst(s.spoiled())}, others(subjects, s.label)...), " ")
		}
	}
	if cached, uncached, ok := caller.Pair.of(subjects); ok {
		if told := lesson(cached, uncached); told != "" {
			return told
		}
	}
	return sideBySide(subjects)
}

// redirected says that all that was answered was a redirect, and what to do; nothing where that is not so.
func (s subject) redirected(label string) string {
	r := s.Redirects
	if r == nil || r.Count < s.Requests.Succeeded || slices.ContainsFunc(s.Errors, wrongAnswer) {
		return ""
	}
	every, to, follow := "Every answer", "", ""
	if s.caller.Setting != nil {
		follow = ", or follow it with " + s.caller.called(SettingFollow) + " 5"
	}
	if label != "" {
		every = label + "every answer"
	}
	if r.To != "" {
		to = " to " + sentence(r.To)
		if u, err := url.Parse(r.To); follow != "" && err == nil && !strings.HasPrefix(s.Target.URL+"/", r.To+"/") {
			follow += " " + s.caller.called(SettingFollowHosts) + " " + sentence(u.Hostname())
		}
	}
	return fmt.Sprintf("%s was a redirect%s, and what it leads to was not measured: give the URL that it leads to%s. ", every, to, follow)
}

// wrongAnswer reports whether failures of a kind are answers that were not what they were to be.
func wrongAnswer(e runfile.ErrorCount) bool {
	return strings.HasPrefix(e.Kind, "status ") || strings.HasPrefix(e.Kind, "expected ")
}

// answerOne tells of one run.
func answerOne(s subject) string {
	switch s.outcome() {
	case unmeasured:
		return s.spoiled()
	case aborted:
		return fmt.Sprintf("Aborted after %s on %s.", s.elapsed(), s.abortion())
	case interrupted:
		return fmt.Sprintf("Interrupted after %s: what follows covers %s of %s planned requests.", s.elapsed(),
			units.Count(s.due()), units.Count(max(s.Requests.Planned, s.due())))
	case idle:
		return "Nothing was sent: no request was due. " + s.moreRequests()
	case silent:
		return fmt.Sprintf("No request succeeded: the service %s.%s", s.predicate(), s.setting())
	case carried:
		if s.focus.CountsJourneys() {
			break
		}
		return fmt.Sprintf("The service %s: %s.", s.predicate(), s.figures())
	}
	return "The service " + s.predicate() + "."
}

// moreRequests says what makes some requests where a plan made none.
func (s subject) moreRequests() string {
	longer := "A longer " + s.caller.called(SettingDuration)
	switch {
	case !s.closed():
		return longer + " or a higher " + s.caller.called(SettingRate) + " makes some."
	case slices.ContainsFunc(s.Plan.Phases, func(ph runfile.PhaseRecord) bool { return ph.FromVUs+ph.ToVUs > 0 }):
		return "A longer " + s.caller.called(SettingUsers) + " or one of more users makes some."
	}
	return longer + " or a shorter " + s.caller.called(SettingThink) + " makes some."
}

// settings are remedies where every request failed by one kind that depends on the request and not on the load. They end without
// a full stop: the caller's own remedy may follow.
var settings = map[string]string{
	"tls":                    "Check that the URL's port speaks https and that its certificate is for that host",
	"connect: refused":       "Nothing listens there: start the service, or check the URL's host and port",
	"connect: unknown host":  "Check the URL's host",
	"redirect: not followed": "What it redirects to is another scheme, host or port: give the URL that it leads to",
	"redirect: too many":     "It redirects on and on: check the URL",
	"status 421":             "The service does not serve that host: name the right one in the URL",
	"status 401":             "The service wants to know who asks: give credentials",
	"status 407":             askedByProxy,
	"proxy: status 407":      askedByProxy,
	"status 403":             "The service does not let these requests in: check the credentials",
	"status 404":             "There is no such page: check the URL's path",
}

const askedByProxy = "The proxy wants to know who asks: give user:password@ before the host in the URL of the proxy, in HTTP_PROXY or HTTPS_PROXY"

// setting returns the remedy if all failed requests failed for the same setting, else "".
func (s subject) setting() string {
	if len(s.Errors) != 1 || s.Errors[0].Count < s.due() {
		return ""
	}
	kind := s.Errors[0].Kind
	text := settings[kind]
	if text == "" {
		return ""
	}
	if more := s.caller.Remedies[kind]; more != "" {
		text += "; " + more
	}
	return " " + text + "."
}

// figures is the evidence of a load that was carried.
func (s subject) figures() string {
	d := &s.focus.ResponseTime
	text := fmt.Sprintf("%s with P99 at %s", units.Rate(s.focus.Served().Rate), d.Quantile(0.99))
	if s.focus.Kind == profiles.Spike {
		text = fmt.Sprintf("%s for %s with P99 at %s", units.Rate(s.rate(s.focus)), units.Span(s.focus.DurationNS), d.Quantile(0.99))
		if base := s.phase(profiles.Baseline); base != nil && base.ResponseTime.Count > 0 {
			text += ", " + base.ResponseTime.Quantile(0.99).String() + " before it"
		}
	}
	if failed := unanswered(s.Requests); failed > 0 {
		return fmt.Sprintf("%s; %s of %s requests failed", text, units.Count(failed), units.Count(s.due()))
	}
	return fmt.Sprintf("%s; none of %s failed", text, plural(s.due(), "request"))
}

// spoiled says that the latencies are not the target's, why, and what to try.
func (s subject) spoiled() string {
	text := "These latencies are bench's own"
	if s.Verdict.Kind == runfile.HostLimited {
		text = "These latencies are bench's own, kept waiting by its host"
	}
	if _, why := s.evidence(); len(why) > 0 && ended(why[0]) != "" {
		text += ": " + ended(why[0])
	}
	return text + ". " + s.remedy()
}

// remedy is what to try where bench was late, without what was done already.
func (s subject) remedy() string {
	for _, e := range s.Errors {
		switch {
		case s.Verdict.Kind != runfile.GeneratorLimited:
		case e.Kind == runfile.OutOfPorts:
			return "Keep connections alive, or give this system more local ports: net.ipv4.ip_local_port_range."
		case e.Kind == runfile.TooManyJourneys:
			return "Let more journeys be in progress at once with a higher " + s.caller.called(SettingJourneys) + "."
		case e.Kind == runfile.OutOfDescriptors:
			return "Let this process open more files: ulimit -n."
		}
	}
	flag, limited := s.caller.called(SettingRate), s.deciding()
	if limited.Kind == profiles.Spike {
		flag = s.caller.called(SettingPeak)
	}
	try, why := "Try a lower "+flag, ""
	reached, half := s.reached(limited), s.rate(limited)/2
	switch {
	case s.closed():
		try = "Try fewer users"
	case reached >= 1 && reached < reachedShare*s.rate(limited):
		try, why = fmt.Sprintf("Try %s %.0f/s", flag, units.Significant(reached, 2, units.Down)), ", the rate that was reached"
	case half >= 1 && !math.IsInf(half, 0):
		try = fmt.Sprintf("Try %s %.0f/s", flag, units.Significant(half, 2, units.Nearest))
	}
	switch {
	case s.Verdict.Kind == runfile.HostLimited && limited != s.focus:
		return "Run it again when nothing else uses this machine." // it was late at less than the highest rate
	case s.Verdict.Kind == runfile.HostLimited:
		return "Run it again when nothing else uses this machine. " + try + " otherwise" + why + "."
	case s.Environment.CPUs != "split" && s.Environment.Processors > 1:
		return try + why + ", or give bench a processor of its own: " + s.caller.called(SettingCPUs) + " split."
	}
	return try + why + "."
}

// reachedShare is the share of a phase's rate that bench must reach for half of that rate to be good advice.
const reachedShare = 0.9

// reached returns at what rate bench sent in the full seconds of a phase, in requests/s; 0 where there was none.
func (s subject) reached(p *runfile.Phase) float64 {
	var sent uint64
	var seconds float64
	for _, i := range s.Intervals {
		if i.StartNS >= p.StartNS && i.StartNS+time.Second <= p.StartNS+p.DurationNS {
			sent += i.Sent
			seconds++
		}
	}
	return float64(sent) / max(seconds, 1)
}

// others tells of the subjects but one, a sentence each.
func others(subjects []subject, label string) []string {
	var sentences []string
	for _, s := range subjects {
		if s.label != label && len(sentences) < maxNamed {
			sentences = append(sentences, s.label+" "+s.predicate()+".")
		}
	}
	return sentences
}

// lesson tells what a cache does, where the runs can show it; "" where the outcomes have to be told one by one.
func lesson(cached, uncached subject) string {
	m := Lesson(cached.Run, uncached.Run)
	switch {
	case cached.outcome() > answered || uncached.outcome() > answered:
		return ""
	case m.Known() && !m.Holds():
		return strings.Join(append([]string{m.Missed(cached.caller)}, others([]subject{cached, uncached}, "")...), " ")
	case cached.kept() && uncached.overrun():
		return fmt.Sprintf("The cache carried the spike. Without it the service %s%s.%s",
			uncached.behind(uncached.focus), uncached.recovering(), leftOutOf(cached, uncached))
	}
	return ""
}

// count returns how many of the subjects had that outcome.
func count(subjects []subject, of outcome) int {
	n := 0
	for _, s := range subjects {
		if s.outcome() == of {
			n++
		}
	}
	return n
}

// sideBySide compares two runs, or counts more, by what became of them.
func sideBySide(subjects []subject) string {
	good := 0
	for _, s := range subjects {
		if s.kept() {
			good++
		}
	}
	switch {
	case good == len(subjects) && good == 2:
		return bothCarried(subjects[0], subjects[1])
	case len(subjects) > maxNamed:
		return fmt.Sprintf("%d of %d carried their load. %s", good, len(subjects), strings.Join(others(subjects, ""), " "))
	}
	return strings.Join(others(subjects, ""), " ")
}

func bothCarried(a, b subject) string {
	x, y, of := &a.focus.ResponseTime, &b.focus.ResponseTime, "P99"
	if j, k := a.focus.AllJourneys(), b.focus.AllJourneys(); j != nil && k != nil {
		x, y, of = &j.Time, &k.Time, "P99 of journey time"
	}
	what := "Both carried their load"
	if samePlan([]subject{a, b}) {
		what = "Both carried " + a.task()
	}
	late := leftOutOf(a, b)
	if late != "" && !a.focus.CountsJourneys() {
		if x, y = a.ownTime(), b.ownTime(); x == nil || y == nil { // of the one only the response time is known
			return strings.Join(others([]subject{a, b}, ""), " ")
		}
		of = "P99 of their own time"
	}
	if x.P99NS <= 0 || y.P99NS <= 0 {
		return what + "." + late
	}
	if x.P99NS > y.P99NS {
		a, b, x, y = b, a, y, x
	}
	return fmt.Sprintf("%s: %s was %s on %s and %s on %s, %s as much.%s", what, of, x.Quantile(0.99), a.label,
		y.Quantile(0.99), b.label, units.Times(float64(y.P99NS)/float64(x.P99NS)), late)
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
