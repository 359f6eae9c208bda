package html_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// long leaves a test to .ci/long. One page of each kind is opened wherever tests run without -short: TestEveryKindInChromium.
func long(t *testing.T) {
	t.Helper()
	if os.Getenv("BENCH_LONG") == "" {
		t.Skip("drives a browser for long: .ci/long runs it")
	}
}

// browser starts Chromium for a test. Without it the test is skipped, or fails where $CI is true. With -short it is skipped.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WSURLReadTimeout(2*time.Minute),
			chromedp.Flag("hide-scrollbars", true), chromedp.UserDataDir(t.TempDir()))
		allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
		t.Cleanup(stop)
		ctx, closed := chromedp.NewContext(allocator)
		t.Cleanup(closed)
		act(t, ctx)
		return ctx
	}
	missing(t, "Chromium: apt-get install chromium")
	return nil
}

// missing skips a test that needs what is not installed, and fails it where $CI is true.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("there is no %s", what)
	}
	t.Skipf("there is no %s", what)
}

// void is an action without a result.
type void = chromedp.Action[chromedp.Void]

// tab opens a tab at a width and an address, and fails the test for every error and every request that is not the page's own.
func tab(t *testing.T, ctx context.Context, width int64, address string) context.Context {
	t.Helper()
	ctx, closed := chromedp.NewContext(ctx, chromedp.WithListener(func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("an exception: %s", e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			t.Errorf("the console: %v", e.Type)
		case *log.EventEntryAdded:
			t.Errorf("the log: %s", e.Entry.Text)
		case *network.EventRequestWillBeSent:
			if e.Request.URL != address {
				t.Errorf("a request: %s", e.Request.URL)
			}
		}
	}))
	t.Cleanup(closed)
	act(t, ctx, call(network.Enable, network.EnableParams{}), call(log.Enable, cdp.Empty{}), chromedp.EmulateViewport(width, 900), chromedp.Navigate(address))
	return ctx
}

// call is a command of the protocol as an action.
func call[P, R any](command cdp.Command[P, R], params P) void {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

func act(t *testing.T, ctx context.Context, actions ...void) {
	t.Helper()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// run runs statements in the page.
func run(t *testing.T, ctx context.Context, statements string) {
	t.Helper()
	value[int](t, ctx, "(() => { "+statements+"; return 0; })()")
}

// value evaluates an expression in the page.
func value[T any](t *testing.T, ctx context.Context, expression string, options ...chromedp.EvaluateOption) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, options...))
	if err != nil {
		t.Fatalf("%.200s: %v", expression, err)
	}
	return v
}

// until waits for an expression to be true.
func until(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(time.Minute))); err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
}

// saved writes a report to a file and returns its address.
func saved(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// screenshot keeps a picture of the whole page among the test's artifacts: go test -artifacts.
func screenshot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// chartNamed finds the first chart whose caption begins so.
func chartNamed(name string) string {
	return fmt.Sprintf("[...document.querySelectorAll('figure')].find(f => f.querySelector('figcaption b').textContent.startsWith(%q)).querySelector('svg')", name)
}

// pointAt moves the mouse over a second of a chart and returns where that is.
func pointAt(t *testing.T, ctx context.Context, chart string, second, from, to float64) (x, y float64) {
	t.Helper()
	box := value[[]float64](t, ctx, fmt.Sprintf("(c => { c.scrollIntoView({block: 'center'}); const b = c.getBoundingClientRect(); return [b.left, b.top, ...c.dataset.plot.split(' ').map(Number)]; })(%s)", chart))
	x = box[0] + box[2] + (box[4]-box[2])*(second+0.5-from)/(to-from)
	y = box[1] + (box[3]+box[5])/2
	act(t, ctx, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y))
	return x, y
}
