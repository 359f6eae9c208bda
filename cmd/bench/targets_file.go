package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen"
	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// The bounds of a targets file.
const (
	maxTargetsBytes = 64 << 20
	maxTargetLine   = 64 << 10 // vegeta's reader ends silently at a longer line
)

// readTargets reads requests in vegeta's http or json format, told apart by their first character, from a file or from
// standard input (-). All is read before the run.
func readTargets(path string, stdin io.Reader, common loadgen.Request) ([]loadgen.Request, error) {
	name, source := path, stdin
	if path == "-" {
		name = "standard input"
	} else {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("--targets %s: cannot be read: %w", path, cause(err))
		}
		defer f.Close()
		source = f
	}
	data, err := io.ReadAll(io.LimitReader(source, maxTargetsBytes+1))
	if err != nil {
		return nil, fmt.Errorf("--targets %s: cannot be read: %w", name, cause(err))
	}
	if len(data) > maxTargetsBytes {
		return nil, fmt.Errorf("--targets %s: is larger than %d MiB", name, maxTargetsBytes>>20)
	}
	line := 0
	for text := range bytes.Lines(data) {
		if line++; len(text) > maxTargetLine {
			return nil, fmt.Errorf("--targets %s:%d: the line is longer than %d KiB", name, line, maxTargetLine>>10)
		}
	}
	data = append(data, '\n') // without it vegeta leaves out the last target in json
	var next vegeta.Targeter
	if first := bytes.TrimSpace(data); len(first) > 0 && first[0] == '{' {
		next = vegeta.NewJSONTargeter(bytes.NewReader(data), nil, common.Header)
	} else {
		next = vegeta.NewHTTPTargeter(bytes.NewReader(data), nil, common.Header)
	}
	return collectTargets(name, next, common)
}

func collectTargets(name string, next vegeta.Targeter, common loadgen.Request) ([]loadgen.Request, error) {
	var list []loadgen.Request
	for {
		var t vegeta.Target
		err := next(&t)
		switch {
		case errors.Is(err, vegeta.ErrNoTargets) && len(list) == 0:
			return nil, fmt.Errorf("--targets %s: holds no target; a line is GET http://127.0.0.1:8080/path", name)
		case errors.Is(err, vegeta.ErrNoTargets):
			return list, nil
		case errors.Is(err, vegeta.ErrNoMethod), errors.Is(err, vegeta.ErrNoURL):
			return nil, fmt.Errorf("--targets %s: target %d: has no method or no url", name, len(list)+1)
		case err != nil:
			// Behind the colon stands the line, which may hold a secret.
			what, _, _ := strings.Cut(err.Error(), ":")
			return nil, fmt.Errorf("--targets %s: target %d: %s", name, len(list)+1, what)
		}
		header := http.Header{}
		for _, key := range slices.Sorted(maps.Keys(t.Header)) {
			for _, v := range t.Header[key] {
				loadgen.AddHeader(header, key, v)
			}
		}
		r := loadgen.Request{Method: t.Method, URL: t.URL, Header: header, Login: common.Login, Body: common.Body, Verbatim: common.Verbatim}
		if len(t.Body) > 0 {
			r.Body, r.Verbatim = string(t.Body), true
		}
		list = append(list, r)
	}
}
