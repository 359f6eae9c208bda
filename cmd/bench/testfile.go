package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/targets"
)

// mixture makes a mixture of the requests of the test file.
func (a *asking) mixture() (mix mixture, err error) {
	if mix.order, err = a.order(); err != nil {
		return mix, err
	}
	if mix.journeys, err = a.journeys(); err != nil {
		return mix, err
	}
	for _, r := range a.file.Requests {
		if r.Weight != 0 && mix.order == runfile.Sequential {
			return mix, fmt.Errorf("%s:%d: a weight means nothing where requests follow each other as they stand: leave it out, and write the request as often as it is to be sent", a.name, r.Line)
		}
		header, err := a.headerOf(r.Headers)
		if err != nil {
			return mix, fmt.Errorf("%s:%d: a header: %w", a.name, r.Line, err)
		}
		body, verbatim, err := a.fileBody(&r)
		if err != nil {
			return mix, fmt.Errorf("%s:%d: %w", a.name, r.Line, err)
		}
		mix.requests = append(mix.requests, targets.Request{
			Name: r.Name, Method: r.Method, Path: r.Path, Weight: r.Weight, Header: header, Body: body,
		})
		mix.verbatim = append(mix.verbatim, verbatim)
		versions, err := fileConsistency(r.Consistency)
		if err != nil {
			return mix, fmt.Errorf("%s:%w", a.name, err)
		}
		mix.versions = append(mix.versions, versions)
		var expect []request.Expect
		for _, t := range r.Expect {
			e, err := request.ParseExpect(t.Text)
			if err != nil {
				return mix, fmt.Errorf("%s:%d: expect: %w", a.name, t.Line, err)
			}
			expect = append(expect, e)
		}
		mix.expect = append(mix.expect, expect)
		if err := mix.request(len(mix.requests)-1, anywhere).Check(); err != nil {
			inFile(err, &r)
			return mix, fmt.Errorf("%s:%d: %w", a.name, r.Line, err)
		}
	}
	return mix, nil
}

// fileConsistency reads what a request of a test file is said to read or write. Its error begins with the line.
func fileConsistency(c *profiles.Consistency) (*request.Consistency, error) {
	if c == nil {
		return nil, nil
	}
	read, err := consistencyOf(&targets.Consistency{Write: c.Write, Key: c.Key.Text, Version: c.Version.Text})
	if err == nil {
		return read, nil
	}
	line := c.Key.Line
	if _, wrong := request.ParseRequestExtract(c.Key.Text); wrong == nil {
		line = c.Version.Line
	}
	return nil, fmt.Errorf("%d: consistency: %w", line, err)
}

// anywhere stands for a target while a file's requests are checked.
const anywhere = "http://127.0.0.1"

// inFile makes an error in a text of a request be about the key that the text has in the file.
func inFile(err error, r *profiles.Request) {
	bad, ok := errors.AsType[*request.TextError](err)
	switch {
	case !ok:
	case bad.Part == "URL" && r.Path == "":
		bad.Part = "url" // of another host
	case bad.Part == "URL":
		bad.Part, bad.At = "path", bad.At-len(anywhere)
	case bad.Part == "body" && r.BodyTemplate != "":
		bad.Part = "body_template"
	}
}

// fileBody returns the body of a test file's request, and whether it is bytes. A file of before there were versions sent an @
// and what followed as they stood.
func (a *asking) fileBody(r *profiles.Request) (body string, verbatim bool, err error) {
	switch {
	case r.Body != "" && r.BodyTemplate != "":
		return "", false, errors.New("body and body_template both say what the body is: keep one")
	case r.BodyTemplate != "":
		body, _, err = bodyOf("body_template", r.BodyTemplate)
	case a.file.AsBefore():
		if strings.HasPrefix(r.Body, "@") {
			a.note("a body that begins with an @ is sent as text, for the test file is of before version 2: from version: 2 on it is the bytes of that file")
		}
		return r.Body, false, nil
	default:
		body, verbatim, err = bodyOf("body", r.Body)
	}
	a.noteVerbatim(&request.Request{Body: body, Verbatim: verbatim})
	return body, verbatim, err
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
	return file, source, noTestFile(name, source, err)
}

// noTestFile words the error of reading a test file where it is a document that bench wrote.
func noTestFile(name string, source []byte, err error) error {
	if err != nil && (kindOf(source) != "" || bytes.HasPrefix(source, []byte(`{"schema":`))) { // a file that is cut off has no kind
		return fmt.Errorf("%s: is what bench measured, and no test file: bench report shows it", name)
	}
	return err
}
