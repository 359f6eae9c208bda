package profiles

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// Origin is how what a service is in front of, such as its database, is asked. This package reads its texts for the key alone.
type Origin struct {
	Metrics Text          // URL of a page of Prometheus' metrics
	Counter Text          // name of the counter of its statements there
	URL     Text          // URL at which a key is read past every cache, with OriginKey in the key's place
	Settle  time.Duration // time after which every write that was answered is there; 0: not given
	Line    int           // line in the file; 0: not given
}

// OriginKey stands for the key in the URL at which it is read at the origin.
const OriginKey = "{{key}}"

var originKeys = []string{"metrics", "counter", "url", "settle"}

func (r *fileReader) origin(out *File, pair yamlPair) error {
	const where = "origin: "
	pairs, err := r.mapping(pair.value, where, "origin", originKeys)
	if err != nil {
		return err
	}
	o := &out.Origin
	o.Line = pair.line
	for _, p := range pairs {
		text, err := r.text(p, where)
		if err != nil {
			return err
		}
		switch p.key {
		case "metrics":
			o.Metrics = Text{text, p.line}
		case "counter":
			o.Counter = Text{text, p.line}
		case "url":
			if o.URL = (Text{text, p.line}); strings.Count(text, OriginKey) != 1 {
				return r.errorf(p.line, "%surl must hold the key once, as in http://127.0.0.1:8080/items/%s", where, OriginKey)
			}
		case "settle":
			if o.Settle, err = time.ParseDuration(text); err != nil || o.Settle <= 0 {
				return r.errorf(p.line, "%ssettle must be a duration above 0 such as 1s, got %s", where, quote(text))
			}
		}
	}
	switch {
	case (o.Metrics.Text == "") != (o.Counter.Text == ""):
		return r.errorf(o.Line, "%smetrics and counter belong together: the page, and the name of the counter of statements on it", where)
	case o.Settle != 0 && o.URL.Text == "":
		return r.errorf(o.Line, "%ssettle is the time before keys are read at the origin: give url, where they are", where)
	case o.Metrics.Text == "" && o.URL.Text == "":
		return r.errorf(o.Line, "%sgive metrics and counter, or url, or all three", where)
	}
	return nil
}

func (o Origin) write(b *bytes.Buffer) {
	if o.Line == 0 {
		return
	}
	b.WriteString("origin:\n")
	for _, k := range []struct{ key, text string }{{"metrics", o.Metrics.Text}, {"counter", o.Counter.Text}, {"url", o.URL.Text}} {
		if k.text != "" {
			fmt.Fprintf(b, "  %s: %s\n", k.key, yamlText(k.text))
		}
	}
	if o.Settle != 0 {
		fmt.Fprintf(b, "  settle: %v\n", o.Settle)
	}
}
