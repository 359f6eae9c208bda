package capacity

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Budget is the error budget of an objective over 30 days, with its alert thresholds.
type Budget struct {
	Objective string        `json:"objective"`
	Share     float64       `json:"share"`     // share of requests that may break the objective, 0-1
	Requests  float64       `json:"requests"`  // requests that may break it in 30 days, at the mean rate; 0 of some among the journeys, or of what they ask: not known
	Outage    time.Duration `json:"outage_ns"` // length of a full outage that uses up the budget
	Alerts    []Alert       `json:"alerts"`
}

// Alert is one pair of windows: alert while both show at least this share.
type Alert struct {
	Severity string        `json:"severity"` // page, or ticket
	Long     time.Duration `json:"long_ns"`
	Short    time.Duration `json:"short_ns"`
	Burn     float64       `json:"burn_rate"` // multiple of the share that uses up the budget in exactly 30 days
	Share    float64       `json:"share"`     // burn rate · budget's share, at most 1
	Spent    float64       `json:"spent"`     // part of the budget spent when the long window is full
}

const budgetDays = 30

// windows are the windows of the SRE workbook (Beyer et al., The Site Reliability Workbook, 2018, ch. 5, table
// 5-8): burn = part spent · 30 days / long window.
var windows = []Alert{
	{Severity: "page", Long: time.Hour, Short: 5 * time.Minute, Spent: 0.02},
	{Severity: "page", Long: 6 * time.Hour, Short: 30 * time.Minute, Spent: 0.05},
	{Severity: "ticket", Long: 72 * time.Hour, Short: 6 * time.Hour, Spent: 0.10},
}

// ofAll reports whether an objective is about all that a rate counts, as far as it is known.
func (c *Capacity) ofAll(t runfile.Threshold) bool {
	return c.Unit == Requests || len(c.Asked) > 0 && !slices.ContainsFunc(c.Asked, func(step string) bool { return !strings.HasPrefix(step, t.Endpoint+"/") })
}

func budgetsOf(c *Capacity, mean float64) (list []Budget) {
	month := budgetDays * 24 * time.Hour
	for _, text := range c.Objectives {
		t, err := runfile.ParseThreshold(text)
		if err != nil {
			continue
		}
		share, ok := allowed(t)
		if !ok {
			continue
		}
		b := Budget{Objective: text, Share: share, Requests: share * mean * month.Seconds(), Outage: time.Duration(share * float64(month))}
		if !c.ofAll(t) {
			b.Requests = 0
		}
		for _, w := range windows {
			w.Burn = w.Spent * float64(month) / float64(w.Long)
			w.Share = math.Min(1, w.Burn*share)
			b.Alerts = append(b.Alerts, w)
		}
		list = append(list, b)
	}
	return list
}

// withinOf is the share of requests that must meet the objectives: the product over objectives that are shares.
func withinOf(objectives []string) float64 {
	within := 1.0
	for _, text := range objectives {
		if t, err := runfile.ParseThreshold(text); err == nil {
			if share, ok := allowed(t); ok {
				within *= 1 - share
			}
		}
	}
	return within
}
