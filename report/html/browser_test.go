package html_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestReportInChromium(t *testing.T) {
	long(t)
	const seconds = 60
	list := runs(t, seconds)
	address := saved(t, written(t, list))
	ctx := tab(t, browser(t), 1000, address)
	latency := chartNamed("Response time by second")

	t.Run("figures", func(t *testing.T) {
		for index, run := range list {
			rows := value[[][]string](t, ctx, fmt.Sprintf("[...document.querySelectorAll('#t%d tr')].map(r => [...r.cells].map(c => c.textContent))", index))
			if len(rows) != seconds+1 {
				t.Fatalf("%d rows, want %d", len(rows), seconds+1)
			}
			column := func(title string) int {
				for i, head := range rows[0] {
					if head == title {
						return i
					}
				}
				t.Fatalf("no column %q in %q", title, rows[0])
				return -1
			}
			for i, s := range run.Intervals {
				row := rows[i+1]
				for title, want := range map[string]uint64{"due": s.Due, "failed": s.Failed, "in flight": s.InFlight, "hits": s.Hits} {
					if got := row[column(title)]; got != strconv.FormatUint(want, 10) {
						t.Errorf("second %d: %s is %q, want %d", i, title, got, want)
					}
				}
				for title, want := range map[string]runfile.Figure{
					"P50, ms": s.ResponseTime.Quantile(0.50), "P99, ms": s.ResponseTime.Quantile(0.99), "max, ms": s.ResponseTime.Quantile(1)} {
					text, bound := strings.CutPrefix(row[column(title)], "≥")
					got, err := strconv.ParseFloat(text, 64)
					if err != nil || math.Abs(got*1e6/float64(want.Value)-1) > 0.0006 || bound != want.AtLeast {
						t.Errorf("second %d: %s is %q, want %v", i, title, row[column(title)], want)
					}
				}
			}
		}
	})

	t.Run("cursor", func(t *testing.T) {
		pointAt(t, ctx, latency, 25, 0, seconds)
		tip := value[string](t, ctx, "document.querySelector('.tip').textContent")
		for index, name := range []string{"cached", "uncached"} {
			cell := value[string](t, ctx, fmt.Sprintf("(t => t.rows[26].cells[[...t.rows[0].cells].findIndex(c => c.textContent === 'P99, ms')].textContent)(document.getElementById('t%d'))", index))
			if want := name + " P99  " + cell + " ms"; !strings.Contains(tip, want) || !strings.HasPrefix(tip, "25 s\n") {
				t.Errorf("at second 25 the cursor reads %q, without %q", tip, want)
			}
		}
		if got, want := value[int](t, ctx, "document.querySelectorAll('.cursor').length"), value[int](t, ctx, "document.querySelectorAll('svg[data-plot]').length"); got != want {
			t.Errorf("the cursor runs through %d of %d charts", got, want)
		}
	})

	t.Run("zoom", func(t *testing.T) {
		x, y := pointAt(t, ctx, latency, 20, 0, seconds)
		act(t, ctx, chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x, y, chromedp.ButtonLeft))
		x, y = pointAt(t, ctx, latency, 39, 0, seconds)
		act(t, ctx, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x, y, chromedp.ButtonLeft))
		if got := value[string](t, ctx, "document.querySelector('.range').textContent"); got != "20 s to 40 s" {
			t.Fatalf("the window is %q", got)
		}
		ticks := value[[]string](t, ctx, "[..."+latency+".querySelectorAll('.x-axis text')].map(e => e.textContent)")
		if len(ticks) < 3 || ticks[0] != "20 s" || ticks[len(ticks)-1] != "40 s" {
			t.Errorf("the axis says %q", ticks)
		}
		pointAt(t, ctx, latency, 29, 20, 40)
		if tip := value[string](t, ctx, "document.querySelector('.tip').textContent"); !strings.HasPrefix(tip, "29 s\n") {
			t.Errorf("the cursor at second 29 of the window reads %q", tip)
		}
		run(t, ctx, "document.querySelector('.bar button').click()")
		if now := value[bool](t, ctx, latency+".querySelector('.x-axis').textContent.includes('60 s')"); !now {
			t.Error("zooming out does not show the whole run again")
		}
	})

	t.Run("phase", func(t *testing.T) {
		run(t, ctx, "(s => { s.selectedIndex = 2; s.dispatchEvent(new Event('change')); })(document.querySelector('.bar select'))")
		if got := value[string](t, ctx, "document.querySelector('.range').textContent"); got != "20 s to 30 s" {
			t.Errorf("the spike is shown from %q", got)
		}
		run(t, ctx, "document.querySelector('.bar button').click()")
	})

	t.Run("percentiles and scale", func(t *testing.T) {
		ticks := func() string { return value[string](t, ctx, latency+".querySelector('.y-axis').textContent") }
		logarithmic := ticks()
		run(t, ctx, "[...document.querySelectorAll('.bar label')].find(l => l.textContent === 'max').click()")
		if got := value[int](t, ctx, "[..."+latency+".querySelectorAll('g.series:not([display=none])')].length"); got != 6 {
			t.Errorf("without max %d series are shown, want 6", got)
		}
		run(t, ctx, "[...document.querySelectorAll('.bar label')].find(l => l.textContent === 'max').click()")
		run(t, ctx, "[...document.querySelectorAll('.bar button')].find(b => b.textContent === 'linear').click()")
		if got := ticks(); got == logarithmic || !strings.HasPrefix(got, "0") {
			t.Errorf("the linear axis says %q", got)
		}
		run(t, ctx, "[...document.querySelectorAll('.bar button')].find(b => b.textContent === 'logarithmic').click()")
		if got := ticks(); got != logarithmic {
			t.Errorf("back on the logarithmic axis it says %q, not %q", got, logarithmic)
		}
	})

	t.Run("keyboard", func(t *testing.T) {
		run(t, ctx, latency+".parentElement.focus()")
		act(t, ctx, chromedp.KeyEvent(kb.Home), chromedp.KeyEvent(kb.ArrowRight))
		until(t, ctx, "document.querySelector('[role=status]').textContent.startsWith('1 s, ')")
	})

	t.Run("sorting", func(t *testing.T) {
		p99 := "(t => [...t.tBodies[0].rows].map(r => Number(r.cells[[...t.rows[0].cells].findIndex(c => c.textContent === 'P99')].dataset.v)).filter(v => v > 0))([...document.querySelectorAll('table.sorts')].find(t => t.rows[0].textContent.includes('P99.9')))"
		run(t, ctx, "[...document.querySelectorAll('table.sorts th button')].find(b => b.textContent === 'P99').click()")
		got := value[[]float64](t, ctx, p99)
		for i := 1; i < len(got); i++ {
			if got[i] < got[i-1] {
				t.Errorf("sorted by P99 the rows are %v", got)
			}
		}
	})

	t.Run("ground by button", func(t *testing.T) {
		before := value[string](t, ctx, "getComputedStyle(document.body).backgroundColor")
		run(t, ctx, "document.querySelector('.theme').click()")
		if after := value[string](t, ctx, "getComputedStyle(document.body).backgroundColor"); after == before {
			t.Error("the button changes no ground")
		}
	})
}

// Reports of every kind in the light, in the dark, on a telephone and on paper; their pictures are kept.
func TestLooksOfEveryKind(t *testing.T) {
	long(t)
	chromium, source := browser(t), axe(t)
	for name, write := range kinds(t) {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			ctx := tab(t, chromium, 1000, saved(t, b.Bytes()))
			run(t, ctx, source)
			for _, scheme := range []string{"light", "dark"} {
				act(t, ctx, call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}))
				screenshot(t, ctx, name+"-"+scheme)
				if ground := value[string](t, ctx, "getComputedStyle(document.body).backgroundColor"); (ground == "rgb(255, 255, 255)") != (scheme == "light") {
					t.Errorf("in the %s scheme the ground is %s", scheme, ground)
				}
				accessible(t, ctx, scheme)
			}
			act(t, ctx, call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}), chromedp.EmulateViewport(718, 1000))
			screenshot(t, ctx, name+"-print")
			if width := value[float64](t, ctx, "document.documentElement.scrollWidth"); width > 718 {
				t.Errorf("on A4 the page is %v px wide", width)
			}
			act(t, ctx, call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{}), chromedp.EmulateViewport(390, 844))
			screenshot(t, ctx, name+"-390px")
			if width := value[float64](t, ctx, "document.documentElement.scrollWidth"); width > 390 {
				t.Errorf("on a telephone the page is %v px wide: it scrolls as a whole", width)
			}
			if size := value[float64](t, ctx, "Math.min(99, ...[...document.querySelectorAll('svg text')].filter(e => e.getBBox().width > 0).map(e => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a))"); size < 10 {
				t.Errorf("text of %v px", size)
			}
		})
	}
}

// An hour has more seconds than a chart has points: the highest of each stretch stay.
func TestLongReportInChromium(t *testing.T) {
	long(t)
	chromium := browser(t)
	list := runs(t, 3600)
	peak := &list[0].Intervals[2345]
	peak.ResponseTime = list[1].Intervals[2345].ResponseTime
	address := saved(t, written(t, list))
	ctx := tab(t, chromium, 1000, address)
	opened := []float64{}
	for range 3 { // a machine that is busy is given three tries
		opened = append(opened, value[float64](t, ctx, "performance.getEntriesByType('navigation')[0].loadEventEnd"))
		act(t, ctx, chromedp.Navigate(address))
	}
	t.Logf("it opened in %.0f ms", opened)
	if slices.Min(opened) > 10_000 { // five times what an idle machine may take
		t.Errorf("it opens in %.0f ms", slices.Min(opened))
	}
	latency := chartNamed("Response time by second")
	series := latency + ".querySelector('g[data-group=P99] path').getAttribute('d')"
	run(t, ctx, "(s => { s.selectedIndex = 3; s.dispatchEvent(new Event('change')); })(document.querySelector('.bar select'))")
	points := strings.FieldsFunc(value[string](t, ctx, series), func(r rune) bool { return r == 'M' || r == 'L' })
	if len(points) > 600 || len(points) < 500 {
		t.Errorf("%d points", len(points))
	}
	highest, at := math.Inf(1), 0.0
	for _, p := range points {
		var x, y float64
		if _, err := fmt.Sscan(p, &x, &y); err != nil {
			t.Fatal(err)
		}
		if y < highest {
			highest, at = y, x
		}
	}
	plot := value[[]float64](t, ctx, latency+".dataset.plot.split(' ').map(Number)")
	if second := 1800 + (at-plot[0])/(plot[2]-plot[0])*1800; math.Abs(second-2345.5) > 1 {
		t.Errorf("the highest point is drawn at second %.1f, not at 2345", second)
	}
	pointAt(t, ctx, latency, 2345, 1800, 3600)
	tip := value[string](t, ctx, "document.querySelector('.tip').textContent")
	second, _, _ := strings.Cut(tip, "\n")
	for index, name := range []string{"cached", "uncached"} {
		read := fmt.Sprintf("(t => i => [...t.tBodies[0].rows].flatMap(r => r.cells[i].textContent.split('\\n')))(document.getElementById('t%d'))([...document.querySelectorAll('#t%d th')].findIndex(c => c.textContent === 'P99, ms'))", index, index)
		lines := value[[]string](t, ctx, read)
		if len(lines) != 3600 {
			t.Fatalf("%d lines of P99", len(lines))
		}
		if want := name + " P99  " + lines[2345] + " ms"; !strings.Contains(tip, want) {
			t.Errorf("at %s the cursor reads %q, without %q", second, tip, want)
		}
	}
}

// policies are the two forms of Jenkins' default.
var policies = []string{
	"sandbox; default-src 'none'; img-src 'self'; style-src 'self';",
	"sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';",
}

// Where neither scripts nor styles are allowed every section, chart and table is there.
func TestReportWithoutScripts(t *testing.T) {
	long(t)
	ctx := browser(t)
	content := written(t, runs(t, 60))
	policy := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		if policy != "" {
			w.Header().Set("Content-Security-Policy", policy)
		}
		w.Write(content)
	}))
	defer server.Close()
	for _, policy = range append([]string{""}, policies...) {
		t.Run(policy, func(t *testing.T) {
			ctx, closed := chromedp.NewContext(ctx)
			defer closed()
			act(t, ctx, call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: policy == ""}),
				chromedp.EmulateViewport(1000, 900), chromedp.Navigate(server.URL+"/"))
			for selector, least := range map[string]int{"section": 6, ".scroll > svg": 12, "table": 8, "details": 3, ".bar": -1} {
				nodes, err := chromedp.Run(ctx, chromedp.Nodes(chromedp.CSSAll(selector), chromedp.AtLeast(0)))
				if err != nil {
					t.Fatal(err)
				}
				if len(nodes) < least || least < 0 && len(nodes) > 0 {
					t.Errorf("%d of %q", len(nodes), selector)
				}
				if selector != ".scroll > svg" {
					continue
				}
				for _, n := range nodes {
					model, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) (dom.GetBoxModelResult, error) {
						return cdp.Call(ctx, t, dom.GetBoxModel, dom.GetBoxModelParams{NodeID: n.NodeID})
					})
					if err != nil {
						t.Fatal(err)
					}
					box := model.Model
					if box.Width < 300 || box.Height < 60 {
						t.Errorf("a chart is shown in %d by %d px", box.Width, box.Height)
					}
				}
			}
			beyond := true
			shot, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) (page.CaptureScreenshotResult, error) {
				return cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &beyond})
			})
			if err != nil {
				t.Fatal(err)
			}
			name := fmt.Sprintf("without-%d.png", len(policy))
			if err := os.WriteFile(filepath.Join(t.ArtifactDir(), name), shot.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// axeVersion is the release of axe-core that reports are held against.
const axeVersion = "4.14.1"

// axe fetches axe-core from the registry of npm.
func axe(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		missing(t, "npm, which fetches axe-core")
	}
	dir := t.TempDir()
	pack := exec.Command("npm", "pack", "--silent", "axe-core@"+axeVersion)
	pack.Dir = dir
	if out, err := pack.CombinedOutput(); err != nil {
		missing(t, fmt.Sprintf("axe-core to be had from npm: %v: %s", err, out))
	}
	if out, err := exec.Command("tar", "-xzf", filepath.Join(dir, "axe-core-"+axeVersion+".tgz"), "-C", dir, "package/axe.min.js").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	source, err := os.ReadFile(filepath.Join(dir, "package", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

// accessible holds a page against axe-core's rules.
func accessible(t *testing.T, ctx context.Context, scheme string) {
	t.Helper()
	var found []struct {
		ID, Impact, Help string
		Nodes            []struct{ HTML, FailureSummary string }
	}
	raw := value[string](t, ctx, "axe.run({resultTypes: ['violations']}).then(r => JSON.stringify(r.violations))", chromedp.EvalAwaitPromise)
	if err := json.Unmarshal([]byte(raw), &found); err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		told := t.Logf
		if v.Impact == "serious" || v.Impact == "critical" {
			told = t.Errorf
		}
		told("%s, %s: %s: %s (%d places, the first %.200s: %.300s)", scheme, v.Impact, v.ID, v.Help, len(v.Nodes), v.Nodes[0].HTML, v.Nodes[0].FailureSummary)
	}
}
