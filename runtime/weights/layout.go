package weights

import (
	"fmt"
	"slices"
	"strings"
)

// layout is how a format has the weights of a cell. Weights are blocks, one for each gate and
// what it multiplies, named as the parameters of cells in equations: Wi [hidden][input],
// Ui [hidden][output], bi [hidden], pi [hidden] for a peephole, P [output][hidden]. A GRU's
// cn is the bias inside the reset gate.
type layout struct {
	format, cell string
	gates        string // in the order of the framework, in its words
	entries      []entry
}

// entry is a tensor, with blocks side by side.
type entry struct {
	name       string     // behind the prefix; {layer} and {reverse} stand for what At has
	bands      [][]string // of blocks, one above the other
	columns    bool       // units are columns, not rows
	optional   bool       // a file may lack it
	directions bool       // the first dimension is the direction
	add        map[string]float32
}

// rows is a tensor with the units of blocks as rows.
func rows(name, blocks string) entry { return entry{name: name, bands: bandsOf(blocks)} }

// columns is a tensor with the units of blocks as columns. A | begins further rows.
func columns(name, blocks string) entry {
	return entry{name: name, bands: bandsOf(blocks), columns: true}
}

// optional returns the entry of a tensor that a file may lack.
func optional(e entry) entry { e.optional = true; return e }

// plus returns the entry of a tensor to whose block the framework adds a number when it runs.
func plus(e entry, block string, v float32) entry { e.add = map[string]float32{block: v}; return e }

func bandsOf(blocks string) (bands [][]string) {
	for band := range strings.SplitSeq(blocks, "|") {
		bands = append(bands, strings.Fields(band))
	}
	return bands
}

// sizes are the widths of a layer. The output is as wide as hidden unless it is projected.
type sizes struct{ input, hidden, output int }

// of returns the size of a block: its units, and what each multiplies.
func (s sizes) of(block string) (units, inputs int) {
	switch block[0] {
	case 'W':
		return s.hidden, s.input
	case 'U':
		return s.hidden, s.output
	case 'P':
		return s.output, s.hidden
	}
	return s.hidden, 1
}

// isVector reports whether a block is a bias or a peephole.
func isVector(block string) bool { return block[0] >= 'a' }

// shape returns the shape of a tensor, without its directions.
func (e *entry) shape(s sizes) (shape []int) {
	first := e.bands[0]
	units, inputs := s.of(first[0])
	units *= len(first)
	switch {
	case isVector(first[0]) && len(e.bands) > 1:
		return []int{len(e.bands), units}
	case isVector(first[0]):
		return []int{units}
	case !e.columns:
		return []int{units, inputs}
	}
	return []int{e.height(s), units}
}

// height returns the number of rows of a tensor whose columns are units.
func (e *entry) height(s sizes) (rows int) {
	for _, band := range e.bands {
		_, inputs := s.of(band[0])
		rows += inputs
	}
	return rows
}

// form words the shape of a tensor.
func (e *entry) form(projected bool) string {
	output := map[bool]string{true: "proj", false: "hidden"}[projected]
	inputs := map[byte]string{'W': "input", 'U': output, 'P': "hidden"}
	first := e.bands[0]
	units := map[bool]string{true: "proj", false: "hidden"}[first[0] == "P"]
	if len(first) > 1 {
		units = fmt.Sprintf("%d·%s", len(first), units)
	}
	switch {
	case isVector(first[0]) && len(e.bands) > 1:
		units = fmt.Sprintf("%d %s", len(e.bands), units)
	case isVector(first[0]):
	case !e.columns:
		units += " " + inputs[first[0][0]]
	default:
		var heights []string
		for _, band := range e.bands {
			heights = append(heights, inputs[band[0][0]])
		}
		units = strings.Join(heights, "+") + " " + units
	}
	if e.directions {
		units = "directions " + units
	}
	return "[" + units + "]"
}

// view is where a block is in a tensor: the value that a unit multiplies an input with is at
// start + unit·perUnit + input·perInput.
type view struct {
	block                    string
	start, perUnit, perInput int
}

// views returns the places of all blocks of a tensor of one direction.
func (e *entry) views(s sizes) (views []view) {
	start := 0
	for _, band := range e.bands {
		units, inputs := s.of(band[0])
		for j, block := range band {
			v := view{block, start + j*units*inputs, inputs, 1}
			if e.columns {
				v = view{block, start + j*units, 1, len(band) * units}
			}
			views = append(views, v)
		}
		start += len(band) * units * inputs
	}
	return views
}

// has reports whether a tensor has a block whose name begins so.
func (e *entry) has(kind string) bool {
	return slices.ContainsFunc(e.bands, func(band []string) bool { return strings.HasPrefix(band[0], kind) })
}

// find returns the entry that has blocks whose names begin so.
func (l *layout) find(kind string) *entry {
	for i := range l.entries {
		if l.entries[i].has(kind) {
			return &l.entries[i]
		}
	}
	return nil
}

// role says what kinds of blocks a tensor has, to find tensors of another format that are like it.
func (e *entry) role() (role string) {
	for _, band := range e.bands {
		role += band[0][:1]
	}
	return role
}

// isSum reports whether a block is the sum of several in this format, or of one and a constant.
func (l *layout) isSum(block string) bool {
	n := 0
	for _, e := range l.entries {
		for _, band := range e.bands {
			for _, b := range band {
				if b == block {
					n++
				}
			}
		}
		if e.add[block] != 0 {
			n++
		}
	}
	return n > 1
}

// mismatch is a tensor of a wrong shape.
type mismatch struct {
	*entry
	want []int // if it is known
}

// solve returns the widths of a layer that has tensors of these shapes, by the names of entries.
// Entries that are optional may have none.
func (l *layout) solve(shapes map[string][]int) (s sizes, wrong *mismatch) {
	units := func(e *entry) (units, others int, ok bool) {
		shape := shapes[e.name]
		if len(shape) != 2 {
			return 0, 0, false
		}
		units, others = shape[0], shape[1]
		if e.columns {
			units, others = others, units
		}
		n := len(e.bands[0])
		return units / n, others, units > 0 && others > 0 && units%n == 0
	}
	var ok bool
	e := l.find("U")
	if s.hidden, _, ok = units(e); !ok {
		return s, &mismatch{entry: e}
	}
	s.output = s.hidden
	if e = l.find("P"); e != nil {
		if s.output, _, ok = units(e); !ok {
			return s, &mismatch{entry: e}
		}
	}
	e = l.find("W")
	if _, s.input, ok = units(e); !ok {
		return s, &mismatch{entry: e}
	}
	if e.has("U") {
		s.input -= s.output
	}
	if s.input < 1 {
		return s, &mismatch{entry: e}
	}
	for i := range l.entries {
		e := &l.entries[i]
		if shape, given := shapes[e.name]; given && !slices.Equal(shape, e.shape(s)) {
			return s, &mismatch{e, e.shape(s)}
		}
	}
	return s, nil
}
