package initial

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// Kind says what is filled.
type Kind int

// The kinds of parameters that have initialisers.
const (
	Matrix Kind = 1 << iota
	Vector
)

func (k Kind) String() string { return map[Kind]string{Matrix: "matrix", Vector: "vector"}[k] }

// initialiser is a way to draw initial values.
type initialiser struct {
	name      string
	of        Kind
	low, high int    // how many arguments it takes
	want      string // of the arguments
	valid     func(a []float64) bool
	draw      drawer
}

// drawer fills a matrix in the layout of DrawTransposed, or a vector as its only row.
type drawer func(random *rand.Rand, args []float64, m matrix.Float)

// initialisers are all there are, under the names that .cell files and descriptions have.
// A matrix is declared (rows, columns): fan-in n_in = columns, fan-out n_out = rows. Normal
// distributions are not truncated, as in the articles and PyTorch, and unlike Keras.
var initialisers = []initialiser{
	// Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural
	// networks", formula 16: uniform in ±√(6/(n_in+n_out)).
	{name: "glorot_uniform", of: Matrix, draw: glorotUniform},
	// The same, formula 12: normal with variance 2/(n_in+n_out).
	{name: "glorot_normal", of: Matrix, draw: normalOf(func(in, out float64) float64 { return math.Sqrt(2 / (in + out)) })},
	// He et al. 2015, "Delving deep into rectifiers", arXiv:1502.01852, formula 10, n_in/2 · variance = 1:
	// uniform in ±√(6/n_in), which has that variance.
	{name: "he_uniform", of: Matrix, draw: uniformOf(func(in float64) float64 { return math.Sqrt(6 / in) })},
	// The same: normal with variance 2/n_in.
	{name: "he_normal", of: Matrix, draw: normalOf(func(in, _ float64) float64 { return math.Sqrt(2 / in) })},
	// LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp", section 4.6, formula 16:
	// normal with standard deviation n_in^(−1/2).
	{name: "lecun_normal", of: Matrix, draw: normalOf(func(in, _ float64) float64 { return math.Sqrt(1 / in) })},
	// Saxe, McClelland & Ganguli 2014, arXiv:1312.6120: the Q of a normal matrix's QR decomposition.
	{name: "orthogonal", of: Matrix, draw: orthogonal},
	// Le, Jaitly & Hinton 2015, arXiv:1504.00941: 1 on the diagonal, 0 elsewhere.
	{name: "identity", of: Matrix, draw: identity},
	// uniform in ±1/√n_in, as PyTorch's Linear, and its recurrent layers for their matrices
	// (hidden, hidden). These draw all else in ±1/√hidden too: that is uniform(a).
	{name: "fan_uniform", of: Matrix, draw: uniformOf(func(in float64) float64 { return 1 / math.Sqrt(in) })},
	// uniform in ±a, or from a to b
	{"uniform", Matrix | Vector, 1, 2, "(a) with a > 0, or (a, b) with a < b", func(a []float64) bool {
		return len(a) == 1 && a[0] > 0 || len(a) == 2 && a[0] < a[1]
	}, uniform},
	// normal with mean 0 and standard deviation s
	{"normal", Matrix | Vector, 1, 1, "(s) with s > 0", func(a []float64) bool { return a[0] > 0 }, normal},
	// unit i of n has a + (b−a)·i/(n−1), a single one has a, as NumPy's linspace
	{"linspace", Vector, 2, 2, "(a, b)", always, linspace},
	// exp of uniform from log a to log b, as SciPy's loguniform: gates that forget over a to b
	// steps are as often between 1 and 10 as between 10 and 100
	{"log_uniform", Matrix | Vector, 2, 2, "(a, b) with 0 < a < b", func(a []float64) bool { return 0 < a[0] && a[0] < a[1] }, logUniform},
	// one value; a .cell file has just the number
	{"constant", Matrix | Vector, 1, 1, "(a)", always, constant},
}

func always([]float64) bool { return true }

// Names returns the names of all initialisers.
func Names() []string {
	var names []string
	for _, i := range initialisers {
		names = append(names, i.name)
	}
	return names
}

// Check returns an error unless there is an initialiser of that name for the kind of
// parameter, and it takes these arguments.
func Check(of Kind, name string, args []float64) error {
	_, err := checked(of, name, args)
	return err
}

// checked returns an initialiser, or what is wrong with its use.
func checked(of Kind, name string, args []float64) (*initialiser, error) {
	at := slices.IndexFunc(initialisers, func(i initialiser) bool { return i.name == name })
	if at < 0 {
		return nil, fmt.Errorf("unknown initialiser %q, want one of %s", name, strings.Join(Names(), ", "))
	}
	i := &initialisers[at]
	bad := slices.IndexFunc(args, func(a float64) bool { return !representable(a) })
	switch {
	case i.of&of == 0:
		return nil, fmt.Errorf("%s is for a %s, not for a %s", name, i.of, of)
	case i.high == 0 && len(args) > 0:
		return nil, fmt.Errorf("%s takes no arguments, not %s", name, list(args))
	case bad >= 0:
		return nil, fmt.Errorf("%s%s: float32 cannot hold %v, want %s%s", name, list(args), args[bad], name, i.want)
	case len(args) < i.low || len(args) > i.high || i.high > 0 && !i.valid(args):
		return nil, fmt.Errorf("%s%s: want %s%s", name, list(args), name, i.want)
	}
	return i, nil
}

// representable reports whether v is a finite number for float32, and not 0 only there.
func representable(v float64) bool {
	return math.Abs(v) <= math.MaxFloat32 && (v == 0 || float32(v) != 0)
}

// list returns arguments as a .cell file has them.
func list(args []float64) string {
	var s []string
	for _, a := range args {
		s = append(s, fmt.Sprint(a))
	}
	return "(" + strings.Join(s, ", ") + ")"
}
