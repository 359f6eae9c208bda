package profiles

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// YAML writes a valid file so that [Parse] reads the same back. Comments are not part of a File and are lost.
func (f File) YAML() []byte {
	var b bytes.Buffer
	if f.Version != 0 {
		fmt.Fprintf(&b, "version: %d\n", f.Version)
	}
	fmt.Fprintf(&b, "name: %s\n", yamlText(f.Name))
	if f.Description != "" {
		fmt.Fprintf(&b, "description: %s\n", yamlText(f.Description))
	}
	fmt.Fprintf(&b, "arrivals: %s\n", f.arrivals())
	if f.Think != nil {
		fmt.Fprintf(&b, "think: %s\n", yamlText(f.Think.String()))
	}
	if f.WarmUp != 0 {
		fmt.Fprintf(&b, "warm_up: %v\n", f.WarmUp)
	}
	if len(f.Target) > 0 {
		b.WriteString("target:\n")
		for _, t := range f.Target {
			fmt.Fprintf(&b, "  - %s\n", yamlText(t.Text))
		}
	}
	b.WriteString("phases:\n")
	for _, ph := range f.Phases {
		fmt.Fprintf(&b, "  - name: %s\n    kind: %s\n    duration: %v\n", yamlText(ph.Name), ph.Kind, ph.Duration)
		if f.OfUsers() {
			fmt.Fprintf(&b, "    vus: %s\n", formatPhaseVUs(ph))
		} else if ph.From == ph.To {
			fmt.Fprintf(&b, "    rate: %s\n", formatRate(ph.From))
		} else {
			fmt.Fprintf(&b, "    from: %s\n    to: %s\n", formatRate(ph.From), formatRate(ph.To))
		}
	}
	if f.Order != "" {
		fmt.Fprintf(&b, "order: %s\n", f.Order)
	}
	f.writeRequests(&b)
	f.writeJourneys(&b)
	if f.HTTP != "" {
		fmt.Fprintf(&b, "http: %s\n", f.HTTP)
	}
	if f.Accept.Text != "" {
		fmt.Fprintf(&b, "accept_encoding: %s\n", yamlText(f.Accept.Text))
	}
	writeTexts(&b, "", "expect", f.Expect)
	if f.HitWhen.Text != "" {
		fmt.Fprintf(&b, "hit_when: %s\n", yamlText(f.HitWhen.Text))
	}
	f.Origin.write(&b)
	f.writeLimits(&b)
	writeTexts(&b, "", "thresholds", f.Thresholds)
	writeTexts(&b, "", "abort_on", f.AbortOn)
	writeTexts(&b, "", "slo", f.SLO)
	writeTexts(&b, "", "outputs", f.Outputs)
	return b.Bytes()
}

func (f File) writeRequests(b *bytes.Buffer) {
	if len(f.Requests) == 0 {
		return
	}
	b.WriteString("requests:\n")
	for _, r := range f.Requests {
		fmt.Fprintf(b, "  - path: %s\n", yamlText(r.Path))
		if r.Name != "" {
			fmt.Fprintf(b, "    name: %s\n", yamlText(r.Name))
		}
		if r.Weight != 0 {
			fmt.Fprintf(b, "    weight: %s\n", strconv.FormatFloat(r.Weight, 'g', -1, 64))
		}
		r.writeCommon(b, "    ")
		r.Consistency.write(b)
	}
}

// writeCommon writes what a request and a step of a journey have in common.
func (r *Request) writeCommon(b *bytes.Buffer, indent string) {
	if r.Method != "" {
		fmt.Fprintf(b, "%smethod: %s\n", indent, yamlText(r.Method))
	}
	if len(r.Headers) > 0 {
		fmt.Fprintf(b, "%sheaders:\n", indent)
		for _, h := range r.Headers {
			fmt.Fprintf(b, "%s  - %s\n", indent, yamlText(h))
		}
	}
	if r.Body != "" {
		fmt.Fprintf(b, "%sbody: %s\n", indent, yamlText(r.Body))
	}
	if r.BodyTemplate != "" {
		fmt.Fprintf(b, "%sbody_template: %s\n", indent, yamlText(r.BodyTemplate))
	}
	writeTexts(b, indent, "expect", r.Expect)
}

func (f File) writeLimits(b *bytes.Buffer) {
	l := f.Limits
	if l == (Limits{}) {
		return
	}
	b.WriteString("limits:\n")
	if l.Connections != 0 {
		fmt.Fprintf(b, "  connections: %d\n", l.Connections)
	}
	if l.Requests != 0 {
		fmt.Fprintf(b, "  requests: %d\n", l.Requests)
	}
	if l.NoKeepAlive {
		b.WriteString("  no_keepalive: true\n")
	}
	if l.Body != 0 {
		fmt.Fprintf(b, "  body: %s\n", formatBytes(l.Body))
	}
	for _, d := range []struct {
		key   string
		value time.Duration
	}{{"timeout", l.Timeout}, {"drain", l.Drain}, {"deadline", l.Deadline}} {
		if d.value != 0 {
			fmt.Fprintf(b, "  %s: %v\n", d.key, d.value)
		}
	}
}

// yamlText leaves a plain word as it is and quotes the rest. A JSON string is a double-quoted YAML scalar.
func yamlText(s string) string {
	plain := strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-") == "" && s[0] != '-'
	if plain && s != "null" && s != "true" && s != "false" {
		return s
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string into memory cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}
