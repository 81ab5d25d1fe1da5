package equation

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// draft is an expression that is being drawn: its text, and what is known of its value.
type draft struct {
	text      string
	level     level
	low, high float64 // bounds of the value
	depth     int     // how many products of states it waits for
	steady    bool    // whether it reads no state
	wide      bool    // whether it is a vector, not one number
	reads     []string
}

// level is how tightly the outermost operator of a text binds.
type level int

const (
	sum level = iota
	term
	factor
)

// literal returns a number. A negative one needs parentheses in a term.
func literal(text string) draft {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(err)
	}
	v := draft{text: text, level: factor, low: n, high: n, steady: true}
	if n < 0 {
		v.level = sum
	}
	return v
}

// negated returns −v.
func negated(v draft) draft {
	return with("-"+v.at(term), sum, -v.high, -v.low, v)
}

// at returns the text as an operand of something that binds at least as tightly as l.
func (v draft) at(l level) string {
	if v.level < l {
		return "(" + v.text + ")"
	}
	return v.text
}

// with joins what is known of the values that an expression reads.
func with(text string, l level, low, high float64, of ...draft) draft {
	v := draft{text: text, level: l, low: low, high: high, steady: true}
	for _, a := range of {
		v.depth = max(v.depth, a.depth)
		v.steady = v.steady && a.steady
		v.wide = v.wide || a.wide
		v.reads = append(v.reads, a.reads...)
	}
	return v
}

// join applies an operator. A divisor must not be near 0. An interval without bounds stays so.
func (d *drawer) join(operator string, a, b draft) draft {
	var corners []float64
	of := operators[operator[0]]
	for _, x := range []float64{a.low, a.high} {
		for _, y := range []float64{b.low, b.high} {
			corners = append(corners, of([]float64{x, y}))
		}
	}
	low, high := slices.Min(corners), slices.Max(corners)
	if slices.ContainsFunc(corners, math.IsNaN) || a.infinite() || b.infinite() {
		low, high = math.Inf(-1), math.Inf(1)
	}
	l := sum
	if operator == "*" || operator == "/" {
		l = term
	}
	return with(a.at(l)+" "+operator+" "+b.at(l+1), l, low, high, a, b)
}

// expr draws an expression of a width of about so many operators.
func (d *drawer) expr(width string, size int) draft {
	if size <= 0 || d.one(6) {
		return d.leaf(width)
	}
	a := d.expr(width, size-1)
	switch d.IntN(8) {
	case 0:
		return d.join("+", a, d.expr(width, size-1))
	case 1:
		return d.join("-", a, d.expr(width, size-1))
	case 2, 3:
		return d.join("*", d.limited(a), d.limited(d.expr(width, size-1)))
	case 4:
		return d.join("/", a, d.positive(d.expr(width, size-1), "0.5"))
	case 5:
		return negated(a)
	}
	return d.function(width, a, size-1)
}

// leaf draws a value, a vector, one number, or a literal.
func (d *drawer) leaf(width string) draft {
	list := d.pool[width]
	switch k := d.IntN(12); {
	case k == 0:
		return literal(d.word("0.5", "1", "2", "1e-1"))
	case k == 1 && len(d.pool[""]) > 0:
		list = d.pool[""]
	case (k == 2 || len(list) == 0) && width != "":
		return d.vector(width)
	}
	if len(list) == 0 {
		return literal("0.25")
	}
	if d.one(2) {
		return list[len(list)-1-d.IntN(min(2, len(list)))] // what has just been computed
	}
	return list[d.IntN(len(list))]
}

// vector draws a vector of parameters, perhaps one that is there.
func (d *drawer) vector(width string) draft {
	name := d.parameter("vector", "("+width+")", "p", "0", "0.5", "uniform(0.5)", "uniform(-1, 1)", "normal(0.3)", "linspace(-1, 1)", "log_uniform(0.1, 1)")
	return draft{text: name, level: factor, low: -MostDraw, high: MostDraw, steady: true, wide: true, reads: []string{name}}
}

// parameter returns the name of a parameter, new two times in three.
func (d *drawer) parameter(kind, dims, prefix string, initial ...string) string {
	for _, s := range d.symbols {
		if s.kind == kind && s.dims == dims && d.one(3) {
			return s.name
		}
	}
	s := announced{d.name(prefix), kind, dims, d.word(initial...)}
	d.symbols = append(d.symbols, s)
	return s.name
}

// product multiplies a matrix, or its transpose, by a value of a width.
func (d *drawer) product(width string, v draft, of string) draft {
	rows, columns, mark := width, of, ""
	if d.one(5) {
		rows, columns, mark = of, width, ".T"
	}
	name := d.parameter("matrix", "("+rows+", "+columns+")", "W", "fan_uniform", "orthogonal", "glorot_uniform", "uniform(0.5)", "normal(0.3)", "lecun_normal", "he_uniform", "0.1")
	p := with(name+mark+" @ "+v.at(factor), term, math.Inf(-1), math.Inf(1), v)
	p.reads, p.wide = append(p.reads, name), true
	if !v.steady {
		p.depth++
	}
	return p
}

// operand draws what a product may multiply, and its width: x, a value, or an expression of
// values.
func (d *drawer) operand() (draft, string) {
	width := d.word(append([]string{d.inputWidth()}, d.widths...)...)
	v := d.wide(width, d.leaf(width))
	if d.one(3) {
		v = d.wide(width, d.bounded(width, d.expr(width, 1)))
	}
	if v.steady || v.depth < d.stages {
		return v, width
	}
	return d.pool[d.inputWidth()][0], d.inputWidth()
}

// sum draws a sum of products, some of them given, with or without a bias and other terms.
func (d *drawer) sum(width string, terms ...draft) draft {
	for range max(1-len(terms), d.IntN(3)) {
		v, of := d.operand()
		terms = append(terms, d.product(width, v, of))
	}
	if d.one(2) {
		terms = append(terms, d.vector(width))
	}
	if d.one(4) {
		terms = append(terms, d.expr(width, 1))
	}
	d.Shuffle(len(terms), func(i, j int) { terms[i], terms[j] = terms[j], terms[i] })
	v := terms[0]
	for _, t := range terms[1:] {
		if d.one(5) {
			v = d.join("-", v, t)
		} else {
			v = d.join("+", v, t)
		}
	}
	return v
}

// squashed draws a bounded function of a value.
func (d *drawer) squashed(v draft) draft {
	if d.one(4) {
		v = d.called(d.word("softplus", "relu", "silu", "gelu", "elu", "selu", "leaky_relu", "abs", "logsigmoid"), v)
	}
	if d.one(8) {
		return d.called("clamp", v, literal("-1"), literal("1"))
	}
	return d.called(d.word("tanh", "tanh", "sigmoid", "sigmoid", "sin", "cos", "softsign", "hard_tanh", "hard_sigmoid", "normcdf"), v)
}

// bounded returns a value of a width between −4 and 4.
func (d *drawer) bounded(width string, v draft) draft {
	if width != "" {
		v = d.wide(width, v)
	}
	if v.low >= -4 && v.high <= 4 {
		return v
	}
	return d.squashed(v)
}

// limited returns a value between −10 and 10.
func (d *drawer) limited(v draft) draft {
	if v.low >= -10 && v.high <= 10 {
		return v
	}
	return d.squashed(v)
}

// positive returns a value of at least a number.
func (d *drawer) positive(v draft, least string) draft {
	if n := literal(least); v.low >= n.low {
		return v
	}
	return d.join("+", d.called(d.word("softplus", "sigmoid", "abs"), d.limited(v)), literal(least))
}

// wide returns a value that is a vector, where one number would be no value of the width.
func (d *drawer) wide(width string, v draft) draft {
	if v.wide || width == "" {
		return v
	}
	for _, w := range d.pool[width] {
		if d.one(2) {
			return d.join("+", v, w)
		}
	}
	return d.join("*", v, d.vector(width))
}

// function draws a function of a value, with arguments where it is moderate.
func (d *drawer) function(width string, v draft, size int) draft {
	f := functions[d.IntN(len(functions))]
	args := []draft{v}
	for range f.Arity - 1 {
		args = append(args, d.expr(width, size))
	}
	switch {
	case f.Name == "exp":
		args[0] = d.limited(v)
		if v.low < -4 || v.high > 2 {
			args[0] = d.squashed(v)
		}
	case f.Name == "clamp":
		middle := args[1]
		if d.one(2) {
			middle = literal("0.25")
		}
		args[1], args[2] = d.join("-", middle, literal("0.5")), d.join("+", middle, literal("1"))
	case f.Op != nil && len(f.Op.Domain) == 1 && f.Op.Domain[0].Low >= 0:
		args[0] = d.positive(v, "1e-1")
	}
	return d.called(f.Name, args...)
}

// called applies a function.
func (d *drawer) called(name string, args ...draft) draft {
	var texts []string
	for _, a := range args {
		texts = append(texts, a.text)
	}
	low, high := bounds(functionNamed[name], args)
	return with(name+"("+strings.Join(texts, ", ")+")", factor, low, high, args...)
}

// monotone are functions that grow with each argument.
var monotone = []string{"max", "min", "exp", "log", "sqrt", "softplus", "elu", "selu", "leaky_relu", "relu", "relu6", "logsigmoid"}

// bounds bounds a function's value.
func bounds(f *Function, args []draft) (low, high float64) {
	switch {
	case slices.Contains(monotone, f.Name):
		lows, highs := make([]float64, len(args)), make([]float64, len(args))
		for i, a := range args {
			lows[i], highs[i] = a.low, a.high
		}
		return f.Define(lows), f.Define(highs)
	case f.Name == "abs":
		return 0, max(-args[0].low, args[0].high)
	case f.Name == "clamp":
		return args[1].low, args[2].high
	case f.Name == "select":
		return min(args[1].low, args[2].low), max(args[1].high, args[2].high)
	case f.Name == "hard_sigmoid":
		return 0, 1
	case f.Name == "hard_tanh" || f.Name == "softsign":
		return -1, 1
	case f.Op != nil && f.Op.Range.High > f.Op.Range.Low:
		return f.Op.Range.Low, f.Op.Range.High
	}
	return math.Inf(-1), math.Inf(1)
}
