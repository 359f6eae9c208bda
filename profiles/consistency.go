package profiles

import (
	"bytes"
	"fmt"
)

// Consistency says of a request in a test file which version of which key it reads or writes. This package does not check its
// texts.
type Consistency struct {
	Write   bool
	Key     Text // place of the key in the request
	Version Text // place of the version in a read's answer
}

var consistencyKeys = []string{"role", "key", "version"}

func (r *fileReader) consistency(pair yamlPair, where string) (*Consistency, error) {
	where += "consistency: "
	pairs, err := r.mapping(pair.value, where, "consistency", consistencyKeys)
	if err != nil {
		return nil, err
	}
	c, role := &Consistency{}, ""
	for _, p := range pairs {
		text, err := r.text(p, where)
		if err != nil {
			return nil, err
		}
		switch p.key {
		case "role":
			if role, err = oneOf("role", text, []string{"read", "write"}); err != nil {
				return nil, r.errorf(p.line, "%s%v", where, err)
			}
			c.Write = role == "write"
		case "key":
			c.Key = Text{text, p.line}
		case "version":
			c.Version = Text{text, p.line}
		}
	}
	switch {
	case role == "":
		return nil, r.errorf(pair.line, `%srole missing; add "role: read" or "role: write"`, where)
	case c.Key.Text == "":
		return nil, r.errorf(pair.line, `%skey missing; add one such as "key: 'path~^/items/([0-9]+)'"`, where)
	case !c.Write && c.Version.Text == "":
		return nil, r.errorf(pair.line, `%sversion missing; say where a read's answer has it, as in "version: 'header:X-Version'"`, where)
	case c.Write && c.Version.Text != "":
		return nil, r.errorf(c.Version.Line, `%sa write sends its version where {{version}} stands in path, header or body; leave the key version out`, where)
	}
	return c, nil
}

func (c *Consistency) write(b *bytes.Buffer) {
	if c == nil {
		return
	}
	role := "read"
	if c.Write {
		role = "write"
	}
	fmt.Fprintf(b, "    consistency:\n      role: %s\n      key: %s\n", role, yamlText(c.Key.Text))
	if c.Version.Text != "" {
		fmt.Fprintf(b, "      version: %s\n", yamlText(c.Version.Text))
	}
}
