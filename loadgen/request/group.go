package request

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
)

// grouped are the endpoints that are told apart.
type grouped struct {
	Endpoints []runfile.EndpointRecord // at most maxEndpoints, and then other, where there are more
	slots     []uint8                  // of each request, which endpoint it is counted as
	Grouping  runfile.Grouping         // the applied grouping
	lumped    bool                     // there is no room for some names, which are counted as other
	ownNames  int                      // of those, the names that the file itself gives
}

const otherSlot = 255 // placeholder until the slot of the other endpoints is known

// group chooses the endpoints that have details of their own: those that a threshold names, then those that the file itself names,
// then the first ones, in the order of the plan. A threshold on an endpoint that does not exist is an error, as are more than can
// be told apart.
func (m *Mix) group(by runfile.Grouping, judged []runfile.Threshold) (grouped, error) {
	named, err := namedIn(judged)
	if err != nil {
		return grouped{}, err
	}
	g, err := m.groupBy(by, named)
	if err != nil {
		return g, err
	}
	for _, t := range judged {
		if err := t.CheckNamed(m.isJourney(t.Endpoint)); err != nil {
			return g, fmt.Errorf("threshold %s: %w", strconv.Quote(runfile.Excerpt(t.Text)), err)
		}
		if t.Endpoint != "" && !g.has(t.Endpoint) && !m.isJourney(t.Endpoint) {
			return g, fmt.Errorf("threshold %s: there is no %s %q: there is %s", strconv.Quote(runfile.Excerpt(t.Text)), m.kindsNamed(), t.Endpoint, g.listed(m.Journeys))
		}
	}
	return g, nil
}

// kindsNamed says of what a threshold may give a name.
func (m *Mix) kindsNamed() string {
	if len(m.Journeys) > 0 {
		return "journey or endpoint"
	}
	return "endpoint"
}

func (m *Mix) isJourney(name string) bool {
	return slices.ContainsFunc(m.Journeys, func(j CompiledJourney) bool { return j.Name == name })
}

// namedIn returns the endpoints that thresholds name.
func namedIn(judged []runfile.Threshold) (map[string]bool, error) {
	named := map[string]bool{}
	for _, t := range judged {
		if t.Endpoint != "" {
			named[t.Endpoint] = true
		}
	}
	if len(named) > runfile.MaxEndpoints {
		return nil, fmt.Errorf("thresholds name %d endpoints, and at most %d are told apart", len(named), runfile.MaxEndpoints)
	}
	return named, nil
}

func (m *Mix) groupBy(by runfile.Grouping, named map[string]bool) (grouped, error) {
	if by == runfile.GroupNever {
		return m.eachItsOwn(named)
	}
	own := m.namesOf(named)
	g, distinct := m.byName(own, func(name []byte, _ bool) []byte { return name }, by == runfile.GroupByPattern)
	if distinct {
		return g, nil
	}
	var pattern []byte
	g, _ = m.byName(own, func(name []byte, given bool) []byte {
		if given || own[string(name)] {
			return name
		}
		pattern = appendPattern(pattern[:0], name)
		return pattern
	}, false)
	if g.Grouping != runfile.GroupNever || slices.ContainsFunc(g.Endpoints, func(e runfile.EndpointRecord) bool { return strings.Contains(e.Name, placeholder) }) {
		g.Grouping = runfile.GroupByPattern
	}
	return g, nil
}

// namesOf returns the names that are endpoints of their own whatever else there is: those that thresholds name, and as many as there
// is room for of those that the file gives.
func (m *Mix) namesOf(named map[string]bool) map[string]bool {
	own := make(map[string]bool, len(named))
	for name := range named {
		own[name] = true
	}
	if m.Lines == nil {
		return own
	}
	for i := range m.Lines.Kinds {
		if name := m.Lines.Kinds[i].Name; name != "" && len(own) < runfile.MaxEndpoints {
			own[name] = true
		}
	}
	return own
}

// byName counts requests of one key together. With mayStop it does not go on where there are more keys than are told apart.
func (m *Mix) byName(own map[string]bool, key func(name []byte, given bool) []byte, mayStop bool) (g grouped, whole bool) {
	g = grouped{slots: make([]uint8, m.Order.N)}
	slots := map[string]uint8{}
	room := runfile.MaxEndpoints - len(own)
	var rest float64
	var name []byte
	ownNames := map[string]bool{}
	for i := range g.slots {
		var given bool
		name, given = m.nameOf(name[:0], i)
		k := key(name, given)
		slot, known := slots[string(k)]
		switch {
		case known:
			g.Grouping = runfile.GroupByName
		case own[string(k)] || room > 0:
			if !own[string(k)] {
				room--
			}
			slot = uint8(len(g.Endpoints))
			slots[string(k)] = slot
			e := runfile.EndpointRecord{Name: string(k), Method: m.requestOf(i).Method, Path: m.pathOf(i)}
			if !given && string(k) != string(name) {
				_, e.Path, _ = strings.Cut(e.Name, " ")
			}
			g.Endpoints = append(g.Endpoints, e)
		case mayStop:
			return g, false
		default:
			g.slots[i], g.lumped = otherSlot, true
			rest += m.weightOf(i)
			if given {
				ownNames[string(name)] = true
			}
			continue
		}
		g.slots[i] = slot
		g.Endpoints[slot].Weight += m.weightOf(i)
	}
	g.ownNames = len(ownNames)
	g.close(rest)
	return g, true
}

// eachItsOwn tells the first requests apart, and those that thresholds name.
func (m *Mix) eachItsOwn(named map[string]bool) (grouped, error) {
	g := grouped{slots: make([]uint8, m.Order.N)}
	if m.Journeys != nil {
		g.slots = make([]uint8, len(m.Requests))
	}
	var name []byte
	room := runfile.MaxEndpoints
	if len(named) > 0 {
		for i := range g.slots {
			if name, _ = m.nameOf(name[:0], i); named[string(name)] {
				room--
			}
		}
	}
	if room < 0 {
		return g, fmt.Errorf("thresholds name %d endpoints, and at most %d are told apart", runfile.MaxEndpoints-room, runfile.MaxEndpoints)
	}
	var rest float64
	for i := range g.slots {
		isNamed := false
		if len(named) > 0 || len(g.Endpoints) < runfile.MaxEndpoints {
			name, _ = m.nameOf(name[:0], i)
			isNamed = named[string(name)]
		}
		if len(g.Endpoints) == runfile.MaxEndpoints || !isNamed && room <= 0 {
			g.slots[i] = otherSlot
			rest += m.weightOf(i)
			continue
		}
		if !isNamed {
			room--
		}
		g.slots[i] = uint8(len(g.Endpoints))
		g.Endpoints = append(g.Endpoints, runfile.EndpointRecord{Name: string(name), Method: m.requestOf(i).Method, Path: m.pathOf(i), Weight: m.weightOf(i)})
	}
	g.close(rest)
	return g, nil
}

// close adds the endpoint for all other requests.
func (g *grouped) close(rest float64) {
	if rest == 0 {
		return
	}
	for i, slot := range g.slots {
		if slot == otherSlot {
			g.slots[i] = uint8(len(g.Endpoints))
		}
	}
	g.Endpoints = append(g.Endpoints, runfile.EndpointRecord{Name: runfile.Other, Weight: rest})
}

func (g *grouped) has(name string) bool {
	for _, e := range g.Endpoints {
		if e.Name == name && e.Method != "" {
			return true
		}
	}
	return false
}

// listed names the journeys, and the endpoints that are told apart.
func (g *grouped) listed(journeys []CompiledJourney) string {
	var names []string
	for _, j := range journeys {
		names = append(names, j.Name)
	}
	for _, e := range g.Endpoints {
		if e.Method != "" {
			names = append(names, e.Name)
		}
	}
	return units.Listed(names)
}

// Words says what was grouped by pattern and what is counted as other, for a note.
func (g *grouped) Words() string {
	if g.Grouping != runfile.GroupByPattern && !g.lumped {
		return ""
	}
	const most = 4
	var patterns []string
	var more, together float64
	for _, e := range g.Endpoints {
		switch {
		case e.Method == "":
			together = e.Weight
		case !strings.Contains(e.Name, placeholder):
		case len(patterns) == most:
			more++
		default:
			patterns = append(patterns, fmt.Sprintf("%s (%s)", runfile.Excerpt(e.Name), countLines(e.Weight)))
		}
	}
	text := "the targets file has more than " + strconv.Itoa(runfile.MaxEndpoints) + " endpoints"
	if len(patterns) > 0 {
		text += ", which are grouped by pattern: " + strings.Join(patterns, ", ")
	}
	if more > 0 {
		text += fmt.Sprintf(" and %.0f more", more)
	}
	if together > 0 {
		text += fmt.Sprintf("; %s more are %q", countLines(together), runfile.Other)
		switch g.ownNames {
		case 0:
		case 1:
			text += ", one of them of a name that the file gives"
		default:
			text += fmt.Sprintf(", among them %d names that the file gives", g.ownNames)
		}
	}
	return text + "; without grouping the first lines would be told apart instead"
}

func countLines(n float64) string {
	if n == 1 {
		return "1 line"
	}
	return units.Count(uint64(n)) + " lines"
}

// placeholder stands in a pattern for what differs.
const placeholder = "{n}"

// minHex is how many hexadecimal digits are a number rather than a word.
const minHex = 16

// appendPattern appends a name with what looks like a key in its path replaced: numbers, UUIDs and long hexadecimal numbers, as far as
// they stand between slashes, dots, dashes and underscores. What a query's values are is not in a name, and values that are drawn
// stay what they are.
func appendPattern(dst, name []byte) []byte {
	path, query := name, []byte(nil)
	for i, c := range name {
		if c == '?' {
			path, query = name[:i], name[i:]
			break
		}
		if c == '{' {
			return append(dst, name...)
		}
	}
	for len(path) > 0 {
		end := 0
		for end < len(path) && !isSeparator(path[end]) {
			end++
		}
		switch n := uuidLength(path); {
		case n > 0:
			dst, end = append(dst, placeholder...), n
		case isNumber(path[:end]):
			dst = append(dst, placeholder...)
		default:
			dst = append(dst, path[:end]...)
		}
		if path = path[end:]; len(path) > 0 {
			dst, path = append(dst, path[0]), path[1:]
		}
	}
	return append(dst, query...)
}

func isSeparator(c byte) bool {
	return c == '/' || c == '.' || c == '-' || c == '_' || c == ' ' || c == ',' || c == ';' || c == '=' || c == ':' || c == '~'
}

// uuidLength returns the length of the UUID that a text begins with; 0: with none.
func uuidLength(s []byte) int {
	const length = 36
	if len(s) < length || len(s) > length && s[length] != '/' && s[length] != '.' {
		return 0
	}
	for i, c := range s[:length] {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') || !dash && !isHexDigit(c) {
			return 0
		}
	}
	return length
}

// isNumber reports whether a word is of digits alone, or of many hexadecimal ones.
func isNumber(word []byte) bool {
	decimal, hex := len(word) > 0, len(word) >= minHex
	for _, c := range word {
		decimal = decimal && c >= '0' && c <= '9'
		hex = hex && isHexDigit(c)
	}
	return decimal || hex
}

func isHexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
