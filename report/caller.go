package report

import "strings"

// Caller is what the command that shows a report adds to it: the report says what is to be done, and only the command knows its
// flags and its targets. The zero value adds nothing.
type Caller struct {
	Pair     CachePair            // services of which a spike can teach what a cache does
	Setting  func(Setting) string // name of a setting in the command, such as "--rate"; nil: its own name
	Remedies map[string]string    // the command's remedy for a kind of failure, a clause behind the report's sentence
}

// Setting is a setting of a run that a report advises to change, by its name in a profile.
type Setting string

const (
	SettingRate        Setting = "rate"
	SettingPeak        Setting = "peak"
	SettingDuration    Setting = "duration"
	SettingUsers       Setting = "vus-stage"
	SettingThink       Setting = "think"
	SettingJourneys    Setting = "max-journeys"
	SettingStart       Setting = "start"
	SettingCPUs        Setting = "cpus"
	SettingFollow      Setting = "follow"
	SettingFollowHosts Setting = "follow-hosts"
	SettingVerbose     Setting = "verbose"
	SettingOutput      Setting = "output"
	SettingDemand      Setting = "demand"
	SettingGrowth      Setting = "growth"
	SettingPrices      Setting = "prices"
	SettingFrom        Setting = "from"
)

// Settings are all that a report may name.
var Settings = []Setting{SettingRate, SettingPeak, SettingDuration, SettingUsers, SettingThink, SettingJourneys, SettingStart, SettingCPUs, SettingFollow,
	SettingFollowHosts, SettingVerbose, SettingOutput, SettingDemand, SettingGrowth, SettingPrices, SettingFrom}

// called is the caller's name for a setting.
func (c Caller) called(s Setting) string {
	if c.Setting == nil {
		return strings.ReplaceAll(string(s), "-", " ")
	}
	return c.Setting(s)
}
