package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// Files of certificates are inputs: what is wrong with one is bad usage, found before anything is driven or shown.
func TestFilesOfCertificatesAreReadFirst(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("empty.pem", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const url = "http://127.0.0.1:1"
	for args, want := range map[string]string{
		"sustained --cacert empty.pem " + url:                      "trusted certificates: empty.pem holds none in PEM",
		"sustained --cacert empty.pem --dry-run " + url:            "trusted certificates: empty.pem holds none in PEM",
		"sustained --cacert missing.pem " + url:                    "trusted certificates: open missing.pem: ",
		"sustained --cert empty.pem --key empty.pem " + url:        "--cert and --key each take a PEM file",
		"sustained --cert empty.pem --dry-run " + url:              "--cert and --key each take a PEM file",
		"compare --cacert empty.pem " + url + " " + url + "/other": "trusted certificates: empty.pem holds none in PEM",
		"capacity --cacert empty.pem " + url:                       "trusted certificates: empty.pem holds none in PEM",
		"baseline save x.json --cacert empty.pem " + url:           "trusted certificates: empty.pem holds none in PEM",
	} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), append(strings.Fields(args), "--quiet"), strings.NewReader(""), &stdout, &stderr)
		if code != exitUsage || !strings.Contains(stderr.String(), want) || stdout.Len() > 0 {
			t.Errorf("bench %s: exit %d, %s%s, want %q", args, code, stdout.String(), stderr.String(), want)
		}
	}
}
