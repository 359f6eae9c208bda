package profiles

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Request is one kind of request as written in a test file. This package does not check its texts.
type Request struct {
	Name    string
	Weight  float64 // 0: not given
	Method  string
	Path    string // path and query on the target, beginning with a slash
	Headers []string
	Body    string // text, or @ and a file's name
	Expect  []Text // conditions for a success, in place of the file's
	Line    int    // line in the file

	BodyTemplate string // a Body with templates, in a body's file too

	Consistency *Consistency // the key and version that it reads or writes; nil: not given
}

// Limits are the bounds of a test file; zero where they are not given.
type Limits struct {
	Connections int
	Timeout     time.Duration
	Drain       time.Duration
	Deadline    time.Duration
	Requests    uint64
	NoKeepAlive bool
	Body        int // longest body that is read as JSON, in bytes
}

const maxFileRequests = 1000

var (
	requestKeys = []string{"name", "weight", "method", "path", "headers", "body", "body_template", "expect", "consistency"}
	limitKeys   = []string{"connections", "timeout", "drain", "deadline", "requests", "no_keepalive", "body"}
)

func (r *fileReader) requestList(out *File, pair yamlPair) (err error) {
	out.Requests, err = listOf(r, pair, "", maxFileRequests, r.request)
	return err
}

func (r *fileReader) request(i int, node ast.Node) (Request, error) {
	where := "request " + strconv.Itoa(i+1) + ": "
	out := Request{Line: lineOf(node)}
	pairs, err := r.mapping(node, where, "a request", requestKeys)
	if err != nil {
		return out, err
	}
	for _, pair := range pairs {
		if known, err := r.requestKey(&out, pair, where); err != nil {
			return out, err
		} else if known {
			continue
		}
		if pair.key == "consistency" {
			if out.Consistency, err = r.consistency(pair, where); err != nil {
				return out, err
			}
			continue
		}
		text, err := r.text(pair, where)
		if err != nil {
			return out, err
		}
		switch pair.key {
		case "path":
			if out.Path = text; !strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "?") {
				return out, r.errorf(pair.line, "%spath must begin with a slash, or with the ? of a query; the host is the target's", where)
			}
		case "weight":
			if out.Weight, err = parseWeight(text); err != nil {
				return out, r.errorf(pair.line, "%s%v", where, err)
			}
		}
	}
	if out.Path == "" {
		return out, r.errorf(out.Line, `%spath missing; add one such as "path: /items/{{zipf 1000 1.1}}"`, where)
	}
	return out, nil
}

// headers reads a list of "Name: value". Its errors show no value, which may be a secret.
func (r *fileReader) headers(pair yamlPair, where string) ([]string, error) {
	nodes, err := r.items(pair, true)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, node := range nodes {
		text, ok := scalar(node)
		name, _, colon := strings.Cut(text, ":")
		if !ok || !colon || strings.TrimSpace(name) == "" {
			return nil, r.errorf(lineOf(node), `%sa header is written in quotes, as "Name: value"`, where)
		}
		list = append(list, text)
	}
	return list, nil
}

func (r *fileReader) limits(out *File, pair yamlPair) error {
	pairs, err := r.mapping(pair.value, "limits: ", "limits", limitKeys)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		text, err := r.text(p, "limits: ")
		if err != nil {
			return err
		}
		if p.key == "connections" || p.key == "requests" {
			n, err := strconv.ParseUint(text, 10, 63)
			if err != nil || n < 1 || p.key == "connections" && n > math.MaxInt32 {
				return r.errorf(p.line, "limits: %s must be a whole number above 0, got %s", p.key, quote(text))
			}
			if p.key == "requests" {
				out.Limits.Requests = n
			} else {
				out.Limits.Connections = int(n)
			}
			continue
		}
		if p.key == "body" {
			if out.Limits.Body, err = parseBytes(text); err != nil {
				return r.errorf(p.line, "limits: body %v", err)
			}
			continue
		}
		if p.key == "no_keepalive" {
			if out.Limits.NoKeepAlive = text == "true"; !out.Limits.NoKeepAlive && text != "false" {
				return r.errorf(p.line, "limits: no_keepalive must be true or false, got %s", quote(text))
			}
			continue
		}
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return r.errorf(p.line, "limits: %s must be a duration above 0 such as 10s, got %s", p.key, quote(text))
		}
		*map[string]*time.Duration{"timeout": &out.Limits.Timeout, "drain": &out.Limits.Drain, "deadline": &out.Limits.Deadline}[p.key] = d
	}
	return nil
}
