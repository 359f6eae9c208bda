package request

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxSecretBytes bounds a file that stands for a value.
const maxSecretBytes = 1 << 20

// resolve puts in what ${env:NAME} and ${file:PATH} stand for. It is done for header values and bodies only, which are
// never written anywhere; a plan holds the reference. A file's last line end is not part of its value.
func resolve(text string) (string, error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "${")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		reference, rest, closed := strings.Cut(after, "}")
		kind, name, ok := strings.Cut(reference, ":")
		if !closed || !ok || kind != "env" && kind != "file" {
			// Text that only looks like a reference, as in a shell script or a template of the service's own.
			b.WriteString("${")
			text = after
			continue
		}
		value, err := lookUp(kind, name)
		if err != nil {
			return "", fmt.Errorf("${%s}: %w", reference, err)
		}
		b.WriteString(value)
		text = rest
	}
}

// errUnclosedReference is about a reference that is opened and not closed.
var errUnclosedReference = errors.New("has no } behind it: a reference is written as ${env:NAME} or ${file:PATH}")

// checkReferences refuses a reference to a secret that is not closed where the fixed text ends in which it begins. Its error is a
// [TextError] of the part.
func checkReferences(part, text string) error {
	for at := 0; ; {
		i := strings.Index(text[at:], "${")
		if i < 0 {
			return nil
		}
		begin := at + i
		at = begin + len("${")
		fixed, _, _ := strings.Cut(text[at:], openBraces)
		kind, name, ok := strings.Cut(fixed, ":")
		if ok && (kind == "env" || kind == "file") && !strings.Contains(name, "}") {
			what := "${" + kind + ":"
			return &TextError{Part: part, At: begin, Length: len(what), What: what, Err: errUnclosedReference}
		}
	}
}

func lookUp(kind, name string) (string, error) {
	if kind == "env" {
		value, set := os.LookupEnv(name)
		if !set {
			return "", fmt.Errorf("the environment has no variable %s", name)
		}
		return value, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecretBytes+1))
	if err != nil {
		return "", err
	}
	if len(data) > maxSecretBytes {
		return "", fmt.Errorf("is larger than %d KiB", maxSecretBytes>>10)
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r"), nil
}
