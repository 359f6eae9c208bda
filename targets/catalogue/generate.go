package catalogue

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Spec determines a catalogue entirely: the same Spec gives the same rows on every machine.
type Spec struct {
	Seed       uint64
	Products   int
	Categories int // at most 300
	Reviews    int
}

// Default is the catalogue that the bundled services serve. Its reviews are as many as make a category's summary cost
// about 3 ms of one processor (an EPYC's, undisturbed), which is what the default load is dimensioned for.
var Default = Spec{Seed: 1, Products: 100_000, Categories: 300, Reviews: 60_000}

// generation is part of the stored file's name. It is raised when the rows or the schema change.
const generation = 2

// FirstVersion is that of the headline, an empty one, that every category has at first.
const FirstVersion = "0"

//go:embed kinds.txt
var kindsFile string

// kind is what the products of one category are.
type kind struct{ department, noun string }

func kinds() []kind {
	var all []kind
	for line := range strings.Lines(kindsFile) {
		department, nouns, _ := strings.Cut(strings.TrimSpace(line), ": ")
		for _, noun := range strings.Split(nouns, ", ") {
			all = append(all, kind{department, noun})
		}
	}
	return all
}

// rng returns a stream of random numbers of its own for each table, so that drawing more for one moves no other. Only
// integers are drawn: math.Exp and its like differ in the last bit between processors.
func (s Spec) rng(table uint64) *rand.Rand { return rand.New(rand.NewPCG(s.Seed, table)) }

// weighted draws indexes in proportion to integer weights.
type weighted struct{ upTo []int }

func newWeighted(n int, weight func(i int) int) weighted {
	w := weighted{make([]int, n)}
	sum := 0
	for i := range w.upTo {
		sum += weight(i)
		w.upTo[i] = sum
	}
	return w
}

func (w weighted) draw(r *rand.Rand) int {
	i, _ := slices.BinarySearch(w.upTo, r.IntN(w.upTo[len(w.upTo)-1])+1)
	return i
}

var (
	opened = time.Date(2019, 3, 1, 8, 0, 0, 0, time.UTC)   // the shop's first day
	today  = time.Date(2025, 2, 28, 20, 0, 0, 0, time.UTC) // the day of the snapshot
)

// table yields the rows of one table.
type table struct {
	name    string
	columns int
	rows    func(row func(args ...any) error) error
}

// tables are those of the catalogue, in an order in which each refers to earlier ones.
func (s Spec) tables() []table {
	return []table{
		{"categories", 5, s.categories},
		{"products", 5, s.products},
		{"stock", 3, s.stock},
		{"reviews", 6, s.reviews},
	}
}

// categories yields the rows of the table, in order.
func (s Spec) categories(row func(args ...any) error) error {
	for i, k := range kinds()[:s.Categories] {
		if err := row(i+1, k.department, strings.ToUpper(k.noun[:1])+k.noun[1:], "", FirstVersion); err != nil {
			return err
		}
	}
	return nil
}

// products yields the rows of the table, in order. Categories differ in size by up to a quarter either way, and each
// has a price level of its own.
func (s Spec) products(row func(args ...any) error) error {
	r := s.rng(1)
	all := kinds()[:s.Categories]
	category := newWeighted(s.Categories, func(int) int { return 75 + r.IntN(51) })
	level := make([]int, s.Categories) // euros
	for i := range level {
		level[i] = []int{6, 12, 25, 40, 80, 150, 300}[r.IntN(7)]
	}
	for id := 1; id <= s.Products; id++ {
		c := category.draw(r)
		name := fmt.Sprintf("%s %s %s", pick(r, brands), pick(r, series), all[c].noun)
		cents := (level[c]/2+r.IntN(level[c]*3/2)+1)*100 - []int{1, 1, 5, 50}[r.IntN(4)]
		changed := today.Add(-time.Duration(r.IntN(400*24*3600)) * time.Second)
		if err := row(id, c+1, name, cents, changed.Unix()); err != nil {
			return err
		}
	}
	return nil
}

var warehouses = []string{"Gdynia", "Leipzig", "Porto"}

// stock yields the rows of the table in the order of its key. One in eight is sold out.
func (s Spec) stock(row func(args ...any) error) error {
	r := s.rng(2)
	for id := 1; id <= s.Products; id++ {
		for _, w := range warehouses {
			if err := row(id, w, max(0, r.IntN(160)-20)); err != nil {
				return err
			}
		}
	}
	return nil
}

// reviews yields the rows of the table, in the order they were written. A few products draw many, half draw next to
// none (the popularity is a cube of a uniform number), and each product has a quality that its ratings follow.
func (s Spec) reviews(row func(args ...any) error) error {
	r := s.rng(3)
	product := newWeighted(s.Products, func(int) int { u := r.IntN(100); return 1 + u*u*u/1000 })
	quality := make([]int, s.Products) // 0-99
	for i := range quality {
		quality[i] = max(r.IntN(100), r.IntN(100))
	}
	span := int(today.Sub(opened) / time.Second)
	for id := 1; id <= s.Reviews; id++ {
		p := product.draw(r)
		rating := rate(r, quality[p])
		tone := texts[rating]
		body := pick(r, tone) + " " + pick(r, details)
		written := opened.Add(time.Duration(id*(span/(s.Reviews+1))+r.IntN(60)) * time.Second)
		author := fmt.Sprintf("%s %c.", pick(r, firstNames), 'A'+rune(r.IntN(26)))
		if err := row(id, p+1, rating, author, body, written.Unix()); err != nil {
			return err
		}
	}
	return nil
}

// rate draws a rating from 1 to 5. As in real shops, most are 5 or 1.
func rate(r *rand.Rand, quality int) int {
	switch n := r.IntN(100); {
	case n < 20+quality*6/10:
		return 5
	case n < 40+quality*5/10:
		return 4
	case n < 55+quality*4/10:
		return 3
	case n < 68+quality*3/10:
		return 2
	}
	return 1
}

func pick(r *rand.Rand, words []string) string { return words[r.IntN(len(words))] }
