package report

import (
	"fmt"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
)

// spokenOver says over what the requests went: of what is not HTTP/1.1 without TLS.
func spokenOver(list []runfile.ConnectionFigures) (parts []string) {
	for i := range list {
		f := &list[i]
		if f.TLS == "" && f.Protocol == "HTTP/1.1" {
			continue
		}
		text := protocolName(f) + fmt.Sprintf(" over %s", plural(f.Opened, "connection"))
		if f.TLS != "" {
			text += " with " + name(f.TLS)
		}
		if f.Resumed > 0 {
			text += " (" + units.Percent(float64(f.Resumed)/float64(f.Opened)) + " resumed)"
		}
		parts = append(parts, text)
	}
	return parts
}

// protocolName is what people call the protocol: HTTP/2, without a minor version.
func protocolName(f *runfile.ConnectionFigures) string {
	return strings.TrimSuffix(name(f.Protocol), ".0")
}

// connectionTable says over what kinds of connections the requests went.
func connectionTable(subjects []subject) *page.Table {
	t := &page.Table{Detail: page.Full, Columns: []page.Column{
		{Title: "target", Words: true, Names: true, Stub: true, Of: true, Plain: true}, {Title: "protocol", Words: true, Names: true},
		{Title: "TLS", Words: true, Names: true}, {Title: "suite", Words: true, Names: true}, {Title: "opened"}, {Title: "resumed"},
	}}
	for _, s := range subjects {
		for i := range s.Connections {
			f := &s.Connections[i]
			t.Add(page.Words(s.label), page.Words(protocolName(f)), page.Words(name(f.TLS)), page.Words(name(f.Suite)), numberCell(f.Opened), numberCell(f.Resumed))
		}
	}
	return t
}
