package main

import (
	"errors"
	"strings"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
)

// caller holds the parts of reports that only the command knows: its flags and its bundled targets.
var caller = report.Caller{
	Pair:     cachePair,
	Setting:  flagOf,
	Remedies: remedies,
}

// flagOf is the flag of a setting: the short one where that is what everybody writes.
func flagOf(s report.Setting) string {
	switch s {
	case report.SettingVerbose:
		return "-v"
	case report.SettingOutput:
		return "-o"
	}
	return "--" + string(s)
}

// remedies are the flags that help against a kind of failure.
var remedies = map[string]string{
	"tls":                    "--cacert FILE trusts its issuer, -k any certificate",
	"connect: unknown host":  "--connect-to HOST:PORT goes elsewhere whatever its name is",
	"redirect: not followed": "--follow-hosts NAME follows there",
	"redirect: too many":     "--follow N follows more",
	"status 421":             "--sni NAME names it over https, --connect-to HOST:PORT says where it is",
	"status 401":             "-H 'Authorization: ...' gives them",
	"status 403":             "-H gives others",
}

// hints are the flags that help against errors of packages without flags, worded to follow the error's text.
var hints = []struct {
	of   error
	text string
}{
	{preflight.ErrInvalid, "; -k takes it as it is"},
	{preflight.ErrUntrusted, ": --cacert FILE trusts it, -k takes any certificate"},
	{preflight.ErrNotInFile, "; -k takes any certificate"},
	{preflight.ErrWrongHost, ": --sni NAME asks for one of these, --connect-to HOST:PORT goes elsewhere for a URL that names one, -k takes any certificate"},
	{preflight.ErrOtherHost, ": --sni NAME asks for that, or give it in the URL, with --connect-to for where it is"},
	{preflight.ErrNoHost, ": --sni NAME asks for another"},
	{preflight.ErrNoCertificate, ": give one with --cert and --key"},
	{preflight.ErrHTTPVersion, ": leave --http out"},
	{request.ErrPlainSNI, ": leave --sni out, or name the host in the URL, with --connect-to HOST:PORT for where it is"},
	{loadgen.ErrClientCertificate, ": --cert and --key each take a PEM file"},
	{loadgen.ErrWireProxy, ": use --engine http, or NO_PROXY"},
	{loadgen.ErrWireGoodbye, ": leave --no-keepalive out, or use --engine http"},
	{loadgen.ErrWireFollow, ": use --engine http"},
	{loadgen.ErrWireHTTP3, ": use --engine http"},
	{loadgen.ErrTooManyJourneys, ", or let more be with --max-journeys"},
	{loadgen.ErrUnshared, ": give --http 2 too"},
	{loadgen.ErrNoneFollowed, ": say it with --follow"},
	{runfile.ErrWhole, ": repetitions are pooled with --pool"},
	{runfile.ErrShares, ": add them up with --merge first"},
	{compare.ErrTime, ": give a longer --max-time, or a shorter --round"},
	{runfile.ErrNoRunFile, " (bench writes one with -o json=FILE, and bench report shows what else it wrote)"},
}

// hinted words an error with the flags that help against it.
func hinted(err error) string {
	text := err.Error()
	for _, h := range hints {
		switch {
		case !errors.Is(err, h.of):
		case strings.HasSuffix(text, "?"):
			return text + strings.TrimLeft(h.text, ":;,")
		default:
			return text + h.text
		}
	}
	return text
}
