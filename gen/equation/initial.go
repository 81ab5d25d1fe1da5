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
	doc       string // the distribution, for the reference
	source    string // where the formula is from
}

// initialisers are the ways to draw the initial values of matrices and vectors. The docs call
// a matrix's number of columns, the fan-in, n, and its number of rows, the fan-out, m. The
// runtime draws them (see runtime/internal/initial), and its tests compare the two lists.
var initialisers = []initialiser{
	{name: "glorot_uniform", only: Matrix, doc: "uniform in ±√(6/(n + m))", source: "Glorot & Bengio 2010, formula 16"},
	{name: "glorot_normal", only: Matrix, doc: "normal, variance 2/(n + m)", source: "Glorot & Bengio 2010, formula 12"},
	{name: "he_uniform", only: Matrix, doc: "uniform in ±√(6/n)", source: "He et al. 2015, arXiv:1502.01852, formula 10"},
	{name: "he_normal", only: Matrix, doc: "normal, variance 2/n", source: "He et al. 2015, arXiv:1502.01852, formula 10"},
	{name: "lecun_normal", only: Matrix, doc: "normal, variance 1/n", source: "LeCun et al. 1998, “Efficient BackProp”, formula 16"},
	{name: "orthogonal", only: Matrix, doc: "the Q of the QR decomposition of a normal matrix", source: "Saxe et al. 2014, arXiv:1312.6120"},
	{name: "identity", only: Matrix, doc: "1 on the diagonal, 0 elsewhere", source: "Le et al. 2015, arXiv:1504.00941"},
	{name: "fan_uniform", only: Matrix, doc: "uniform in ±1/√n", source: "PyTorch's Linear"},
	{"uniform", 1, 2, Value, "(a) with a > 0, or (a, b) with a < b", func(a []float64) bool {
		return len(a) == 1 && a[0] > 0 || len(a) == 2 && a[0] < a[1]
	}, "uniform in ±a, or from a to b", ""},
	{"normal", 1, 1, Value, "(s) with s > 0", func(a []float64) bool { return a[0] > 0 }, "normal, mean 0, standard deviation s", ""},
	{"linspace", 2, 2, Vector, "(a, b)", func([]float64) bool { return true }, "unit i of N has a + (b − a)·i/(N − 1); a single unit has a", "NumPy's linspace"},
	{"log_uniform", 2, 2, Value, "(a, b) with 0 < a < b", func(a []float64) bool { return 0 < a[0] && a[0] < a[1] }, "exp of a uniform number from log a to log b", "SciPy's loguniform"},
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
