package equation

import (
	"fmt"
	"strings"

	"github.com/cellgen/cellgen/gen/front"
)

// initialiser is a way to draw initial values.
type initialiser struct {
	name      string
	low, high int    // how many arguments it takes
	only      Kind   // Matrix or Vector, or Value for both
	want      string // of the arguments
	valid     func(a []float64) bool
}

// initialisers are the ways to draw the initial values of matrices and vectors.
var initialisers = []initialiser{
	{name: "glorot_uniform", only: Matrix},
	{name: "glorot_normal", only: Matrix},
	{name: "he_uniform", only: Matrix},
	{name: "he_normal", only: Matrix},
	{name: "lecun_normal", only: Matrix},
	{name: "orthogonal", only: Matrix},
	{name: "identity", only: Matrix},
	{name: "fan_uniform", only: Matrix},
	{"uniform", 1, 2, Value, "(a) with a > 0, or (a, b) with a < b", func(a []float64) bool {
		return len(a) == 1 && a[0] > 0 || len(a) == 2 && a[0] < a[1]
	}},
	{"normal", 1, 1, Value, "(s) with s > 0", func(a []float64) bool { return a[0] > 0 }},
	{"linspace", 2, 2, Vector, "(a, b)", func([]float64) bool { return true }},
	{"log_uniform", 2, 2, Value, "(a, b) with 0 < a < b", func(a []float64) bool { return 0 < a[0] && a[0] < a[1] }},
}

// Initialisers returns the names of the ways to draw initial values.
func Initialisers() []string {
	var names []string
	for _, i := range initialisers {
		names = append(names, i.name)
	}
	return names
}

// initial checks the initial value of a matrix or vector.
func (c *checker) initial(d *Declaration) {
	v := d.Value
	c.finite(v)
	if v.Name == "" {
		return
	}
	if why := refused[v.Name]; why == blocks {
		c.errs.Add(v.Position, "%s %s", v.Name, why)
		return
	}
	for _, i := range initialisers {
		if i.name == v.Name {
			c.errs.Check(v.Position, i.check(d))
			return
		}
	}
	c.errs.AddFunc(v.Position, func() string {
		names := Initialisers()
		return fmt.Sprintf("unknown initialiser %s%s; want a number or one of %s", front.Quote(v.Name), front.Nearest(v.Name, names), strings.Join(names, ", "))
	})
}

// check returns what is wrong with the use of an initialiser, or "".
func (i initialiser) check(d *Declaration) string {
	var a []float64
	for _, n := range d.Value.Numbers {
		a = append(a, n.Value)
	}
	switch {
	case i.only == Matrix && d.Kind == Vector:
		return fmt.Sprintf("%s is for matrices: a vector has no fan-in; write a number, or uniform(a)", i.name)
	case i.only == Vector && d.Kind == Matrix:
		return fmt.Sprintf("%s is for vectors", i.name)
	case i.high == 0 && len(a) > 0:
		return fmt.Sprintf("%s takes no numbers", i.name)
	case len(a) < i.low || len(a) > i.high || i.high > 0 && !i.valid(a):
		return fmt.Sprintf("want %s%s", i.name, i.want)
	}
	return ""
}

// finite expects numbers other than -inf.
func (c *checker) finite(v *Initial) {
	for _, n := range v.Numbers {
		if n.Text == "-inf" {
			c.errs.Add(n.Position, "only a state may be -inf")
		}
	}
}

// plain expects a number, as the value of a scalar, a const or a state.
func (c *checker) plain(d *Declaration) {
	v := d.Value
	switch {
	case v.Name != "" && d.Kind == State:
		c.errs.Add(v.Position, "a state begins at a number or -inf, not at %s", front.Quote(v.Name))
	case v.Name != "":
		c.errs.Add(v.Position, "a %s is a number, not %s", d.Kind, front.Quote(v.Name))
	case d.Kind != State:
		c.finite(v)
	}
}
