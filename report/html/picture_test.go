package html_test

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var pictured = flag.String("picture", "", "an HTML report whose first screen is to be README.md's picture")

// The picture in README.md, and its greatest size in bytes.
const (
	picture        = "testdata/spike.png"
	largestPicture = 200_000
)

// The report that README.md begins with is there, and small.
func TestPictureOfReadme(t *testing.T) {
	if *pictured != "" {
		takePicture(t, *pictured)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if at := strings.Index(string(readme), "(report/html/"+picture+")"); at < 0 || at > strings.Index(string(readme), "$ ./bench spike") {
		t.Error("README.md does not show it before the terminal's screen")
	}
	content, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	if len(content) >= largestPicture {
		t.Errorf("it is %d bytes", len(content))
	}
	if _, err := png.Decode(bytes.NewReader(content)); err != nil {
		t.Error(err)
	}
}

// takePicture writes the first screen of a report, from its answer to the response times by second.
func takePicture(t *testing.T, report string) {
	path, err := filepath.Abs(report)
	if err != nil {
		t.Fatal(err)
	}
	address := "file://" + path
	ctx := tab(t, browser(t), 940, address)
	run(t, ctx, "document.querySelectorAll('.bar').forEach(b => b.remove())")
	height := value[float64](t, ctx, chartNamed("Response time by second")+".getBoundingClientRect().bottom + scrollY")
	shot, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) (page.CaptureScreenshotResult, error) {
		beyond := true
		return cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &beyond, Clip: &page.Viewport{Width: 940, Height: height + 12, Scale: 1}})
	})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := png.Decode(bytes.NewReader(shot.Data))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, paletted(whole)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(picture, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// paletted is a picture in 256 colours: the commonest of those that can be told apart.
func paletted(m image.Image) *image.Paletted {
	type alike struct {
		count     int
		commonest color.Color
	}
	counts, kinds := map[color.Color]int{}, map[[3]uint32]alike{}
	bounds := m.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[m.At(x, y)]++
		}
	}
	for c, n := range counts {
		r, g, b, _ := c.RGBA()
		key := [3]uint32{r >> 12, g >> 12, b >> 12}
		kind := kinds[key]
		if kind.commonest == nil || n > counts[kind.commonest] {
			kind.commonest = c
		}
		kind.count += n
		kinds[key] = kind
	}
	sorted := slices.SortedFunc(maps.Values(kinds), func(a, b alike) int { return cmp.Compare(b.count, a.count) })
	var colors color.Palette
	for _, k := range sorted[:min(len(sorted), 256)] {
		colors = append(colors, k.commonest)
	}
	p := image.NewPaletted(bounds, colors)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			p.Set(x, y, m.At(x, y))
		}
	}
	return p
}
