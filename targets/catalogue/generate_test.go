package catalogue

import (
	"crypto/sha256"
	"fmt"
	"testing"
)

// The rows of a spec never change without a new generation: catalogues kept by users carry only that in their name. If
// this fails, raise generation and write the new sum here.
func TestRowsOfThisGeneration(t *testing.T) {
	const want = "2:6619231c0853a82c"
	sum := sha256.New()
	for _, table := range []func(func(args ...any) error) error{small.categories, small.products, small.stock, small.reviews} {
		if err := table(func(args ...any) error {
			_, err := fmt.Fprintln(sum, args...)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprintf("%d:%x", generation, sum.Sum(nil)[:8]); got != want {
		t.Errorf("rows %s, want %s", got, want)
	}
}

func TestKinds(t *testing.T) {
	all := kinds()
	if len(all) != Default.Categories {
		t.Fatalf("%d kinds, want %d", len(all), Default.Categories)
	}
	seen := map[kind]bool{}
	for _, k := range all {
		if k.department == "" || k.noun == "" || seen[k] {
			t.Errorf("%+v is empty or there twice", k)
		}
		seen[k] = true
	}
}

// What the summary of a category costs goes with its reviews, so categories must not differ much; products must.
func TestShapeOfTheDefault(t *testing.T) {
	inCategory := map[int]int{} // products
	category := map[int]int{}
	if err := Default.products(func(args ...any) error {
		category[args[0].(int)] = args[1].(int)
		inCategory[args[1].(int)]++
		if cents := args[3].(int); cents <= 0 {
			t.Errorf("product %d costs %d cents", args[0], cents)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	reviews := map[int]int{}
	ofProduct := map[int]int{}
	var ratings [6]int
	last := int64(0)
	if err := Default.reviews(func(args ...any) error {
		reviews[category[args[1].(int)]]++
		ofProduct[args[1].(int)]++
		ratings[args[2].(int)]++
		if at := args[5].(int64); at < last-60 || at > today.Unix() {
			t.Fatalf("review %d was written at %d, the one before at %d", args[0], at, last)
		} else {
			last = at
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(inCategory) != 300 || len(reviews) != 300 {
		t.Errorf("%d categories have products, %d have reviews, want 300", len(inCategory), len(reviews))
	}
	mean := Default.Reviews / Default.Categories
	for c, n := range reviews {
		if n < mean/2 || n > mean*2 {
			t.Errorf("category %d has %d reviews, the mean is %d", c, n, mean)
		}
	}
	most := 0
	for _, n := range ofProduct {
		most = max(most, n)
	}
	if most < 10 || len(ofProduct) > 70_000 {
		t.Errorf("the most reviewed product has %d reviews, %d of 100000 have any: too even", most, len(ofProduct))
	}
	for rating := 1; rating <= 5; rating++ {
		if share := float64(ratings[rating]) / float64(Default.Reviews); share < 0.04 || share > 0.6 {
			t.Errorf("%.0f %% of the ratings are %d", 100*share, rating)
		}
	}
}

func TestWeightedDrawsInProportion(t *testing.T) {
	w := newWeighted(3, func(i int) int { return []int{1, 0, 3}[i] })
	r := small.rng(9)
	var n [3]int
	for range 40_000 {
		n[w.draw(r)]++
	}
	if n[1] != 0 || n[0] < 9_500 || n[0] > 10_500 { // 10,000 ± 5 standard deviations
		t.Errorf("drawn %v of 40000, want about [10000 0 30000]", n)
	}
}
