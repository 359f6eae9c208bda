package main

import "github.com/seed-5a006608/bench/report"

// caller is what bench adds to reports on runs: its flags and its bundled targets.
var caller = report.Caller{
	Pair:     cachePair,
	Setting:  func(s report.Setting) string { return "--" + string(s) },
	Remedies: remedies,
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
