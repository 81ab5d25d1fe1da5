package equation

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// MostDraw bounds |value| of what the parameters, inputs and initial states of a random cell are
// meant to be: numbers from −MostDraw to MostDraw keep all its values moderate.
const MostDraw = 1

// Random draws a cell of one to four states whose step multiplies at most so many times in
// sequence. It has all that the language has. Functions get arguments where they and their
// derivatives are moderate, and states stay between −2 and 2.
func Random(r *rand.Rand, stages int) *Cell {
	d := &drawer{Rand: r, stages: stages, pool: make(map[string][]draft), taken: make(map[string]bool), reads: make(map[string][]string)}
	d.declareWidths()
	d.declareInputs()
	d.declareStates()
	d.equations()
	text := d.text(d.output())
	c, err := Read("random.cell", []byte(text))
	if err != nil {
		panic(fmt.Sprintf("equation: a random cell is refused: %v\n%s", err, text))
	}
	return c
}

// drawer draws the lines of a cell. Those that neither a state nor the output needs are left
// out in the end.
type drawer struct {
	*rand.Rand
	stages int

	widths  []string
	same    bool // whether the input is as wide as hidden
	states  []*drawnState
	symbols []announced // other than states
	lines   []line
	pool    map[string][]draft  // values by width; one number has the width ""
	reads   map[string][]string // what the equation of a name reads
	taken   map[string]bool
}

// announced is what is declared, and its declaration.
type announced struct{ name, kind, dims, value string }

// line is an equation of a name, or of a next value with "'".
type line struct{ name, text string }

type drawnState struct {
	name, width, initial string
	stabilised, done     bool
}

// awkward are names that mean something to Go, or in generated files.
var awkward = []string{"rows", "stride", "tile", "b", "u", "r", "func", "type", "range", "units", "float32", "kernel", "saved", "len", "h_", "Next", "batch", "t1"}

// name returns a name that nothing has, at times an awkward one.
func (d *drawer) name(prefix string) string {
	if name := d.word(awkward...); d.IntN(6) == 0 && !d.taken[name] {
		prefix = name
	}
	name := prefix
	for n := 1; d.taken[name]; n++ {
		name = fmt.Sprintf("%s%d", prefix, n)
	}
	d.taken[name] = true
	return name
}

func (d *drawer) word(words ...string) string { return words[d.IntN(len(words))] }

// one reports true once in n.
func (d *drawer) one(n int) bool { return d.IntN(n) == 0 }

func (d *drawer) declareWidths() {
	d.widths = []string{"hidden"}
	if d.same = d.one(4); d.same {
		d.symbols = append(d.symbols, announced{name: "input", kind: "dim", value: "hidden"})
	}
	if d.one(3) {
		d.widths = append(d.widths, d.name("proj"))
		d.symbols = append(d.symbols, announced{name: d.widths[1], kind: "dim"})
	}
	if d.one(4) {
		d.widths = append(d.widths, d.word("1", "3", "16", "20"))
	}
	if d.one(4) && !d.same {
		d.widths = append(d.widths, "input")
	}
}

// width draws a width, most often hidden.
func (d *drawer) width() string {
	if d.one(2) {
		return "hidden"
	}
	return d.word(d.widths...)
}

// inputWidth returns the width of x, as values of the pool have it.
func (d *drawer) inputWidth() string {
	if d.same {
		return "hidden"
	}
	return "input"
}

func (d *drawer) declareInputs() {
	add := func(name, width string) {
		d.pool[width] = append(d.pool[width], draft{text: name, level: factor, low: -MostDraw, high: MostDraw, steady: true, wide: width != "", reads: []string{name}})
	}
	add("x", d.inputWidth())
	if d.one(3) {
		name := d.name("dt")
		d.symbols = append(d.symbols, announced{name: name, kind: "input"})
		add(name, "")
	}
	if d.one(4) {
		name, width := d.name("ctx"), d.width()
		d.symbols = append(d.symbols, announced{name, "input", "(" + width + ")", ""})
		add(name, width)
	}
	for range d.IntN(3) {
		name := d.name("k")
		d.symbols = append(d.symbols, announced{name: name, kind: "scalar", value: d.word("0.5", "-0.25", "1")})
		add(name, "")
	}
	if d.one(3) {
		name := d.name("eps")
		d.symbols = append(d.symbols, announced{name: name, kind: "const", value: d.word("0.5", "-0.75", "1e-1")})
		add(name, "")
	}
}

func (d *drawer) declareStates() {
	for i := range 1 + d.IntN(4) {
		s := &drawnState{name: d.name(d.word("h", "c", "n", "s")), width: d.width(), initial: d.word("", "", "1", "-0.5"), stabilised: i > 0 && d.one(5)}
		if i == 0 {
			s.width = "hidden"
		}
		d.states = append(d.states, s)
		if s.stabilised {
			s.initial = "-inf"
			continue
		}
		d.pool[s.width] = append(d.pool[s.width], draft{text: s.name, level: factor, low: -2, high: 2, wide: true, reads: []string{s.name}})
	}
}

// equations draws a chain of products, the first of a state and each of what the one before
// makes, that ends in the first state; and other equations in between.
func (d *drawer) equations() {
	last := d.pool["hidden"][slices.IndexFunc(d.pool["hidden"], func(v draft) bool { return v.text == d.states[0].name })]
	lastWidth := "hidden"
	for range d.IntN(3) {
		d.other()
	}
	for depth := range d.stages {
		width := d.width()
		if depth == d.stages-1 {
			width = "hidden"
		}
		last = d.define(width, d.squashed(d.sum(width, d.product(width, last, lastWidth))))
		lastWidth = width
		for range d.IntN(3) {
			d.other()
		}
	}
	d.update(d.states[0], last)
	for _, s := range d.states[1:] {
		if !s.done {
			d.update(s, d.expr(s.width, 2))
		}
	}
}

// other draws an equation of a value, or of a state.
func (d *drawer) other() {
	switch width := d.width(); d.IntN(5) {
	case 0:
		if s := d.states[d.IntN(len(d.states))]; s != d.states[0] && !s.done {
			d.update(s, d.expr(s.width, 2))
		}
	case 1:
		if len(d.pool[""]) > 0 {
			d.define("", d.bounded("", d.expr("", 2)))
		}
	case 2, 3:
		d.define(width, d.squashed(d.sum(width)))
	default:
		d.define(width, d.bounded(width, d.expr(width, 3)))
	}
}

// define writes the equation of a new value, and returns it.
func (d *drawer) define(width string, v draft) draft {
	name := d.name("v")
	d.lines = append(d.lines, line{name, name + " = " + v.text})
	d.reads[name] = v.reads
	v.text, v.level, v.reads = name, factor, []string{name}
	if !v.wide {
		width = ""
	}
	d.pool[width] = append(d.pool[width], v)
	return v
}

// update writes the equation of a state, which takes a value in.
func (d *drawer) update(s *drawnState, v draft) {
	s.done = true
	if s.stabilised {
		d.stabilise(s, v)
		return
	}
	old, v := draft{text: s.name, level: factor, low: -2, high: 2, wide: true, reads: []string{s.name}}, d.bounded(s.width, v)
	switch d.IntN(4) {
	case 0:
		gate := d.define(s.width, d.called("sigmoid", d.expr(s.width, 1)))
		rest := d.join("-", literal("1"), gate)
		v = d.join("+", d.join("*", gate, old), d.join("*", rest, v))
		v.low, v.high = -2, 2
	case 1:
		v = d.join("+", d.join("*", literal("0.75"), old), d.join("*", literal("0.25"), v))
	}
	d.next(s, d.wide(s.width, v))
}

// next writes the equation of s'.
func (d *drawer) next(s *drawnState, v draft) {
	if !(v.low >= -2 && v.high <= 2) {
		v = d.squashed(v)
	}
	name := s.name + "'"
	d.lines = append(d.lines, line{name, name + " = " + v.text})
	d.reads[name] = v.reads
	v.text, v.level, v.reads = name, factor, []string{name}
	d.pool[s.width] = append(d.pool[s.width], v)
}

// stabilise writes the exponential gates of an sLSTM, whose state m begins at −inf: m' is the
// larger of two exponents, and both gates are at most 1.
func (d *drawer) stabilise(m *drawnState, v draft) {
	f := d.define(m.width, d.called("logsigmoid", d.expr(m.width, 1)))
	i := d.define(m.width, d.wide(m.width, d.bounded(m.width, v)))
	before := draft{text: m.name, level: factor, reads: []string{m.name}, wide: true}
	sum := d.join("+", f, before)
	next := d.called("max", sum, i)
	next.low, next.high = -2, 2
	d.next(m, next)
	after := draft{text: m.name + "'", level: factor, depth: next.depth, wide: true, reads: []string{m.name + "'"}}
	for _, exponent := range []draft{i, sum} {
		gate := d.called("exp", d.join("-", exponent, after))
		gate.low, gate.high = 0, 1
		d.define(m.width, gate)
	}
}

// output returns what the cell returns: most often a state.
func (d *drawer) output() draft {
	s := d.states[d.IntN(len(d.states))]
	switch next := (draft{text: s.name + "'", reads: []string{s.name + "'"}}); {
	case !d.one(3) && !s.stabilised:
		return next
	case d.one(2):
		width := d.width()
		return d.sum(width)
	}
	width := d.width()
	return d.wide(width, d.bounded(width, d.expr(width, 2)))
}

// text returns the file: what the states and the output need.
func (d *drawer) text(output draft) string {
	needed := make(map[string]bool)
	var need func(name string)
	need = func(name string) {
		if !needed[name] {
			needed[name] = true
			for _, n := range d.reads[name] {
				need(n)
			}
		}
	}
	for _, s := range d.states {
		need(s.name + "'")
	}
	for _, n := range output.reads {
		need(n)
	}
	var body strings.Builder
	for _, s := range d.states {
		body.WriteString(declaration(announced{s.name, "state", "(" + s.width + ")", s.initial}))
	}
	for _, s := range d.symbols {
		if needed[s.name] {
			body.WriteString(declaration(s))
		}
	}
	for _, l := range d.lines {
		if needed[l.name] {
			body.WriteString(l.text + "\n")
		}
	}
	head := "cell Random\n"
	for _, s := range d.symbols { // a width is needed if a declaration has it
		if s.kind == "dim" && (s.value != "" || strings.Contains(body.String(), s.name)) {
			head += declaration(s)
		}
	}
	return head + body.String() + "output " + output.text + "\n"
}

func declaration(s announced) string {
	text := s.kind + " " + s.name
	if s.dims != "" {
		text += " " + s.dims
	}
	if s.value != "" {
		text += " = " + s.value
	}
	return text + "\n"
}

// infinite reports whether nothing bounds a value.
func (v draft) infinite() bool { return math.IsInf(v.low, 0) || math.IsInf(v.high, 0) }
