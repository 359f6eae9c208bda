package chart

// Colors are those of series, in order: blue, vermillion, green and purple of Okabe and Ito (Color Universal Design,
// 2008), which people with any kind of colour vision tell apart. Each has a contrast of 3 : 1 and more on both grounds.
// A further series takes the first again, with another dash and shape.
var Colors = [4]string{"#0072B2", "#D55E00", "#009E73", "#CC79A7"}

// Ground is what charts are drawn on, light and dark.
const (
	LightGround = "#FFFFFF"
	DarkGround  = "#16191D"
)

// Colours of what is judged. A word or a shape always says it too.
const (
	good = "#009E73"
	bad  = "#D55E00"
)

var dashes = [4]string{"", "7 3", "2 3", "9 3 2 3"}

// pick returns element i of a cycle, for any i.
func pick(cycle [4]string, i int) string { return cycle[((i%4)+4)%4] }

// Neutral is the colour of what belongs to no series more than to another.
const Neutral = -1

func colorOf(i int) string {
	if i == Neutral {
		return "currentColor"
	}
	return pick(Colors, i)
}

// shapePath draws mark i around a point: circle, square, triangle or diamond, r px to each side.
func (c *canvas) shapePath(i int, x, y, r float64) string {
	x, y = within(x, r, c.width-r), within(y, r, c.height-r)
	at := func(dx, dy float64) string { return number(x+dx) + " " + number(y+dy) }
	switch ((i % 4) + 4) % 4 {
	case 1:
		return "M" + at(-r, -r) + "H" + number(x+r) + "V" + number(y+r) + "H" + number(x-r) + "Z"
	case 2:
		return "M" + at(-r, r) + "L" + at(0, -r) + "L" + at(r, r) + "Z"
	case 3:
		return "M" + at(-r, 0) + "L" + at(0, -r) + "L" + at(r, 0) + "L" + at(0, r) + "Z"
	}
	arc := "A" + number(r) + " " + number(r) + " 0 0 1 "
	return "M" + at(-r, 0) + arc + at(r, 0) + arc + at(-r, 0) + "Z"
}
