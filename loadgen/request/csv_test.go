package request

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// A byte order mark is no part of the first column's name; a file in another encoding or with another separator is called so,
// where the column that is asked for is not there.
func TestCSVAsSpreadsheetsSaveIt(t *testing.T) {
	dir := t.TempDir()
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune("id,name\n7,ann\n")) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for name, text := range map[string]string{
		"mark.csv": "\xef\xbb\xbfid,name\r\n7,ann\r\n", "quoted.csv": "\xef\xbb\xbf\"id\",\"name\"\n7,ann\n", "semicolon.csv": "\xef\xbb\xbfid;name\n7;ann\n",
		"tab.csv": "id\tname\n7\tann\n", "wide.csv": string(wide), "short": "\xef",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for text, want := range map[string]string{"{{csv mark.csv id}}": "7", "{{csv quoted.csv id}}": "7", "{{csv mark.csv 1}}": "id", "{{csv semicolon.csv 1}}": "id;name"} {
		template, err := parseTemplate("text", text, drawing{seed: 1}, "test")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := string(template.Append(nil, 0, time.Time{})); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"{{csv semicolon.csv id}}": "semicolon.csv: its columns are separated by semicolons: save it with commas",
		"{{csv semicolon.csv 2}}":  "semicolon.csv:1: its columns are separated by semicolons",
		"{{csv tab.csv name}}":     "tab.csv: its columns are separated by tabs",
		"{{csv wide.csv id}}":      "wide.csv: is UTF-16: save it as UTF-8",
		"{{csv short id}}":         "short: ",
	} {
		if _, err := parseTemplate("text", text, drawing{seed: 1}, "test"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
