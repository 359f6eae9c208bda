package capacity

import "slices"

// Point is one point of a curve.
type Point struct{ X, Y float64 }

// Knee returns the point where a curve that rises ever more steeply leaves its flat part: Kneedle, for a convex and
// increasing curve, at sensitivity 1 (Satopää, Albrecht, Irwin and Raghavan, Finding a "Kneedle" in a Haystack, ICDCS
// Workshops 2011). Both axes are scaled to 0 … 1; the knee is where the curve lies furthest below its chord. It is false
// for fewer than 4 points, for a curve that does not rise, and where no point lies below the chord by more than the mean
// distance between two points, which is the method's threshold.
func Knee(points []Point) (Point, bool) {
	if len(points) < 4 {
		return Point{}, false
	}
	points = slices.Clone(points)
	slices.SortFunc(points, func(a, b Point) int {
		switch {
		case a.X < b.X:
			return -1
		case a.X > b.X:
			return 1
		}
		return 0
	})
	first, last := points[0], points[len(points)-1]
	low, high := first.Y, first.Y
	for _, p := range points {
		low, high = min(low, p.Y), max(high, p.Y)
	}
	if !(last.X > first.X) || !(high > low) || last.Y <= first.Y {
		return Point{}, false
	}
	best, most := Point{}, 0.0
	for _, p := range points {
		if below := (p.X-first.X)/(last.X-first.X) - (p.Y-low)/(high-low); below > most {
			best, most = p, below
		}
	}
	return best, most > 1/float64(len(points)-1)
}
