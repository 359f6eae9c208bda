package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/targets"
)

// takeFile takes what a test file says where no flag and no variable says it. All of the file is checked, though: what is
// wrong with it is told with its place, whichever flags there are.
func (o *driveOptions) takeFile(name string, file profiles.File) error {
	for _, key := range []struct {
		name, flag string
		texts      []profiles.Text
		option     *[]string
		parse      func(string) error
	}{
		{"expect: ", "expect", file.Expect, &o.expect, only(loadgen.ParseExpect)},
		{"", "threshold", file.Thresholds, &o.judging.thresholds, only(loadgen.ParseThreshold)},
		{"slo: ", "slo", file.SLO, &o.slo, only(loadgen.ParseThreshold)},
		{"abort_on: ", "abort-on", file.AbortOn, &o.abort.on, only(loadgen.ParseCondition)},
		{"outputs: ", "output", file.Outputs, &o.outputs, only(func(text string) (output[[]*loadgen.Run], error) { return parseOutput(text, formats) })},
	} {
		taken := key.flag == "" || !o.given.Changed(key.flag)
		for _, t := range key.texts {
			if err := key.parse(t.Text); err != nil {
				return fmt.Errorf("%s:%d: %s%w", name, t.Line, key.name, err)
			}
			if taken {
				*key.option = append(*key.option, t.Text)
			}
		}
	}
	if t := file.HitWhen; t.Text != "" {
		if _, err := loadgen.ParseHitRule(t.Text); err != nil {
			return fmt.Errorf("%s:%d: hit_when: %w", name, t.Line, err)
		}
		if !o.given.Changed("hit-when") {
			o.hitWhen = t.Text
		}
	}
	o.asBefore = file.AsBefore()
	if file.Think != nil && !o.given.Changed("think") {
		o.think = file.Think.String()
	}
	if file.Order != "" && !o.given.Changed("order") {
		o.order = file.Order
	}
	if !o.given.Changed("warm-up") {
		o.warmUp = file.WarmUp
	}
	o.takeLimits(file.Limits)
	return nil
}

// only keeps the error of a parser.
func only[T any](parse func(string) (T, error)) func(string) error {
	return func(text string) error {
		_, err := parse(text)
		return err
	}
}

// fileRequests makes a mixture of the requests of a test file.
func (o *driveOptions) fileRequests(name string, asked []profiles.Request) (mixture, error) {
	var mix mixture
	var err error
	if mix.order, err = o.orderGiven(); err != nil {
		return mix, err
	}
	for _, r := range asked {
		if r.Weight != 0 && mix.order == loadgen.Sequential {
			return mix, fmt.Errorf("%s:%d: a weight means nothing where requests follow each other as they stand: leave it out, and write the request as often as it is to be sent", name, r.Line)
		}
		header, err := o.headerOf(r.Headers)
		if err != nil {
			return mix, fmt.Errorf("%s:%d: a header: %w", name, r.Line, err)
		}
		body, verbatim, err := o.fileBody(&r)
		if err != nil {
			return mix, fmt.Errorf("%s:%d: %w", name, r.Line, err)
		}
		mix.requests = append(mix.requests, targets.Request{
			Name: r.Name, Method: r.Method, Path: r.Path, Weight: r.Weight, Header: header, Body: body,
		})
		mix.verbatim = append(mix.verbatim, verbatim)
		var expect []loadgen.Expect
		for _, t := range r.Expect {
			e, err := loadgen.ParseExpect(t.Text)
			if err != nil {
				return mix, fmt.Errorf("%s:%d: expect: %w", name, t.Line, err)
			}
			if !o.given.Changed("expect") {
				expect = append(expect, e)
			}
		}
		mix.expect = append(mix.expect, expect)
		const anywhere = "http://127.0.0.1"
		if err := mix.request(len(mix.requests)-1, anywhere).Check(); err != nil {
			if bad, ok := errors.AsType[*loadgen.TextError](err); ok {
				switch {
				case bad.Part == "URL":
					bad.Part, bad.At = "path", bad.At-len(anywhere)
				case bad.Part == "body" && r.BodyTemplate != "":
					bad.Part = "body_template"
				}
			}
			return mix, fmt.Errorf("%s:%d: %w", name, r.Line, err)
		}
	}
	return mix, nil
}

// fileBody returns the body of a test file's request, and whether it is bytes. A file of before there were versions sent an @
// and what followed as they stood.
func (o *driveOptions) fileBody(r *profiles.Request) (body string, verbatim bool, err error) {
	switch {
	case r.Body != "" && r.BodyTemplate != "":
		return "", false, errors.New("body and body_template both say what the body is: keep one")
	case r.BodyTemplate != "":
		body, _, err = bodyOf("body_template", r.BodyTemplate)
	case o.asBefore:
		if strings.HasPrefix(r.Body, "@") {
			o.note("a body that begins with an @ is sent as text, for the test file is of before version 2: from version: 2 on it is the bytes of that file")
		}
		return r.Body, false, nil
	default:
		body, verbatim, err = bodyOf("body", r.Body)
	}
	o.noteVerbatim(&loadgen.Request{Body: body, Verbatim: verbatim})
	return body, verbatim, err
}

// takeLimits takes the file's limits where no flag and no variable gives one.
func (o *driveOptions) takeLimits(l profiles.Limits) {
	if l.Connections != 0 && !o.given.Changed("connections") {
		o.connections = l.Connections
	}
	if l.Requests != 0 && !o.given.Changed("requests") {
		o.requests = l.Requests
	}
	if l.NoKeepAlive && !o.given.Changed("no-keepalive") {
		o.noKeepAlive = true
	}
	for name, from := range map[string]struct{ file, option *time.Duration }{
		"timeout":  {&l.Timeout, &o.timeout},
		"drain":    {&l.Drain, &o.drain},
		"deadline": {&l.Deadline, &o.deadline},
	} {
		if *from.file != 0 && !o.given.Changed(name) {
			*from.option = *from.file
		}
	}
}

// maxProfileBytes is what a profile's file may hold; Parse refuses more in its own words, so one byte over is read.
const maxProfileBytes = 1 << 20

// readProfile reads a test file, or the built-in profile of that name where there is no such file.
func readProfile(name string) (profiles.File, []byte, error) {
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		if source, ok := profiles.Builtin(name); ok {
			file, err := profiles.Parse(name, source)
			return file, source, err
		}
		return profiles.File{}, nil, fmt.Errorf("%s: there is no such file, and no built-in profile of that name (bench list)", name)
	}
	if err != nil {
		return profiles.File{}, nil, fmt.Errorf("%s: cannot be read: %w", name, cause(err))
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, maxProfileBytes+1))
	if err != nil {
		return profiles.File{}, nil, fmt.Errorf("%s: cannot be read: %w", name, cause(err))
	}
	file, err := profiles.Parse(name, source)
	return file, source, err
}
