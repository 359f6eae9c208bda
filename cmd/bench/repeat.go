package main

import (
	"strings"

	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/targets"
	"github.com/spf13/pflag"
)

// repeatable are the flags whose values a report may show; others may hold a secret.
var repeatable = map[string]bool{
	"rate": true, "at": true, "max-time": true, "round": true, "ready-timeout": true, "connections": true,
	"timeout": true, "drain": true, "deadline": true, "engine": true, "loops": true, "h2-connections": true, "spin": true, "dns-ttl": true, "max-conn-age": true, "sni": true, "http": true, "accept-encoding": true, "a-http": true, "b-http": true, "tls-resume": true, "tls": true, "link": true, "follow": true, "follow-hosts": true, "max-conn-requests": true, "max-journeys": true, "cpus": true, "pool-size": true, "ttl": true, "cache-size": true,
	"margin": true, "inconclusive": true, "method": true, "insecure": true, "slo": true, "file": true,
	"duration": true, "peak": true, "stage": true, "arrivals": true, "warm-up": true, "vus": true, "vus-stage": true, "think": true, "start": true,
	"requests": true, "threshold": true, "abort-on": true, "abort-grace": true,
	"baseline": true, "floor": true, "header-case": true, "order": true, "group": true, "name": true,
	"sweep": true, "no-kill": true,
}

// quietly are the flags without an effect on results.
var quietly = map[string]bool{"output": true, "quiet": true, "no-save": true, "seed": true, "verbose": true}

// repeat returns the command that does the same again, with … in the place of what must not be shown.
func (o *compareOptions) repeat(names []string) string {
	words := []string{"bench", "compare"}
	if o.gate != nil {
		words[1] = "gate"
	}
	for _, n := range names {
		n = o.canonical(n)
		if isURL(n) {
			n = withoutSecrets(n)
		}
		words = append(words, n)
	}
	words = append(words, repeated(o.given, func(string) bool { return true })...)
	if o.gate != nil && o.gate.baseline != "" {
		return report.Command(words...) // the seeds are the baseline's
	}
	return report.Command(append(words, "--seed", o.given.Lookup("seed").Value.String())...)
}

// asCommand returns the driving command that does the same again at the targets that were named, with … in the place of what must not
// be shown. It is "" where that would be longer than a run file takes.
func (o *driveOptions) asCommand(command string, names []string) string {
	words := strings.SplitN(command, " ", 3) // a file's name may hold spaces
	for _, n := range names {
		if n = o.canonical(n); isURL(n) {
			n = withoutSecrets(n)
		}
		words = append(words, n)
	}
	words = append(words, repeated(o.given, func(string) bool { return true })...)
	line := report.Command(append(words, "--seed", o.given.Lookup("seed").Value.String())...)
	if len(line) > 4<<10 {
		return ""
	}
	return line
}

// repeated returns the flags that were given and that keep takes, as they may be shown.
func repeated(given *pflag.FlagSet, keep func(name string) bool) (words []string) {
	given.Visit(func(f *pflag.Flag) {
		if quietly[f.Name] || !keep(f.Name) {
			return
		}
		value := "…"
		if repeatable[f.Name] || f.Name == "db" && showsNoDSN(f.Value.String()) {
			value = f.Value.String()
		}
		if list, ok := f.Value.(pflag.SliceValue); ok && repeatable[f.Name] {
			for _, v := range list.GetSlice() {
				words = append(words, "--"+f.Name, v)
			}
			return
		}
		switch {
		case f.Name == "a" || f.Name == "b":
			words = append(words, "--"+f.Name, withoutSecrets(f.Value.String()))
		case f.Value.Type() == "bool" || f.NoOptDefVal != "" && f.Value.String() == f.NoOptDefVal:
			words = append(words, "--"+f.Name)
		default:
			words = append(words, "--"+f.Name, value)
		}
	})
	return words
}

// showsNoDSN reports whether a value of --db holds no password: a throwaway server's, or the name of a file.
func showsNoDSN(db string) bool { return db == targets.Throwaway || strings.HasPrefix(db, "@") }

// withoutSecrets leaves the user information and the query of a URL out.
func withoutSecrets(address string) string {
	address, _, query := strings.Cut(address, "?")
	scheme, rest, _ := strings.Cut(address, "://")
	host, path, _ := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	address = scheme + "://" + host
	if path != "" {
		address += "/" + path
	}
	if query {
		address += "?…"
	}
	return address
}
