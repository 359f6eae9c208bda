package html_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/report/page"
	nethtml "golang.org/x/net/html"

	"github.com/seed-5a006608/bench/report/chart"
	"github.com/seed-5a006608/bench/report/html"
)

// static returns a report without the style and script that only add to it.
func static(t *testing.T, whole []byte) []byte {
	t.Helper()
	for _, tag := range []string{"style", "script"} {
		found := regexp.MustCompile(`(?s)<`+tag+`>.*?</`+tag+`>`).FindAllIndex(whole, -1)
		if len(found) != 1 {
			t.Fatalf("there are %d <%s> elements, want 1", len(found), tag)
		}
		whole = append(bytes.Clone(whole[:found[0][0]]), whole[found[0][1]:]...)
	}
	return whole
}

var staticElements = regexp.MustCompile(`^(html|head|meta|title|body|main|section|h[1-6]|p|b|strong|code|ul|li|br|table|caption|thead|tbody|tr|th|td|details|summary|figure|figcaption|div|pre|svg|g|path|line|rect|text)$`)

// What is left of every kind of report without style and script uses only what viewers without them allow.
func TestStaticPartIsPlain(t *testing.T) {
	racetest.Skip(t)
	for name, write := range kinds(t) {
		t.Run(name, func(t *testing.T) {
			var whole bytes.Buffer
			if err := write(&whole); err != nil {
				t.Fatal(err)
			}
			d := nethtml.NewTokenizer(bytes.NewReader(static(t, whole.Bytes())))
			figures := 0
			for {
				kind := d.Next()
				if kind == nethtml.ErrorToken {
					break
				}
				token := d.Token()
				if kind != nethtml.StartTagToken && kind != nethtml.SelfClosingTagToken {
					continue
				}
				if token.Data == "figure" {
					figures++
				}
				if !staticElements.MatchString(token.Data) {
					t.Fatalf("element <%s>", token.Data)
				}
				for _, a := range token.Attr {
					if a.Key == "style" || a.Key == "src" || a.Key == "href" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Val, "data:") {
						t.Fatalf("<%s %s=%q>", token.Data, a.Key, a.Val)
					}
				}
			}
			if want := fewestFigures[name]; figures < want {
				t.Errorf("%d figures, want %d", figures, want)
			}
		})
	}
}

// The command that made runs stands in their report once, and a head of a row reaches over its empty cells.
func TestRepeatLineAndHeads(t *testing.T) {
	whole := string(written(t, runs(t, 9)))
	if n := strings.Count(whole, "<code>bench spike cached uncached &lt;/td&gt;"); n != 1 {
		t.Errorf("the command stands there %d times", n)
	}
	if !strings.Contains(whole, ">uncached / cached in the spike</td>") || !regexp.MustCompile(`<td[^>]* colspan="4"[^>]*>uncached / cached`).MatchString(whole) {
		t.Error("the ratios have no head over the four columns before them")
	}
}

// The style's grounds are those that the charts' colours were chosen for.
func TestGroundsAreThoseOfTheCharts(t *testing.T) {
	var b bytes.Buffer
	if err := html.Write(&b, &page.Page{}); err != nil {
		t.Fatal(err)
	}
	if want := "--ground: light-dark(" + chart.LightGround + ", " + chart.DarkGround + ")"; !strings.Contains(b.String(), want) {
		t.Errorf("the style lacks %q", want)
	}
}

func TestScriptAndStyleAreSmall(t *testing.T) {
	var b bytes.Buffer
	if err := html.Write(&b, &page.Page{}); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 40_000 {
		t.Errorf("an empty report is %d bytes", b.Len())
	}
}

func TestHostileBlocks(t *testing.T) {
	p := &page.Page{Title: hostile, Subjects: []string{hostile}}
	p.Add(page.Section{Title: hostile, Blocks: []page.Block{page.Headline{Text: hostile}, page.Facts{Title: hostile, Command: hostile, Parts: page.Parts(page.Brief, hostile)}}},
		page.Text{Label: hostile, Text: hostile}, page.Note{Text: hostile, Detail: page.Full}, page.List{Label: hostile, Items: []page.Item{{Of: hostile, Word: hostile, Text: hostile, More: []string{hostile}}}},
		&page.Table{Label: hostile, Of: hostile, Caption: hostile, Columns: []page.Column{{Title: hostile}}, Rows: []page.Row{{Head: hostile}, {Cells: []page.Cell{{Text: hostile, Mark: hostile}}}}, Notes: []page.Footnote{{Mark: hostile, Text: hostile}}},
		page.Chart{Title: hostile, Caption: hostile, Drawing: page.Lines{hostile}}, page.Chart{Drawing: html.Data{ID: hostile, Title: hostile, Columns: []html.DataColumn{{Title: hostile, Values: []float64{1}}}}},
		page.Commands{Lines: [][]page.Command{{{Word: hostile, Text: hostile, Why: hostile}}}})
	var b bytes.Buffer
	if err := html.Write(&b, p); err != nil {
		t.Fatal(err)
	}
	plain := static(t, b.Bytes())
	if bytes.Contains(plain, []byte("<script")) || bytes.Contains(plain, []byte("<img")) {
		t.Error("text became markup")
	}
	if n := bytes.Count(plain, []byte("onerror=alert(1)&gt;")); n < 20 {
		t.Errorf("the text is there %d times", n)
	}
}
