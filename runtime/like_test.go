package runtime_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/generated/enas"
	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/generated/grubefore"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascellp"
	"github.com/cellgen/cellgen/generated/peephole"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// uniformTo and triangleTo are distribution functions: of a number that is uniform in ±a, and of
// the sum of two.
func uniformTo(a float64) func(x float64) float64 {
	return func(x float64) float64 { return min(max((x/a+1)/2, 0), 1) }
}

func triangleTo(a float64) func(x float64) float64 {
	return func(x float64) float64 {
		tail := max(2-math.Abs(x/a), 0) // of the side
		if x < 0 {
			return tail * tail / 8
		}
		return 1 - tail*tail/8
	}
}

// checkDistribution bounds the Kolmogorov distance of values from a distribution by 2/√n, which one
// draw in 1500 exceeds.
func checkDistribution(t *testing.T, what string, values []float32, to func(x float64) float64) {
	t.Helper()
	values = slices.Clone(values)
	slices.Sort(values)
	n, distance := float64(len(values)), 0.0
	for i, v := range values {
		f := to(float64(v))
		distance = max(distance, math.Abs(f-float64(i)/n), math.Abs(f-float64(i+1)/n))
	}
	if !(distance <= 2/math.Sqrt(n)) {
		t.Errorf("%s: Kolmogorov distance %v of %v values, want at most %v", what, distance, n, 2/math.Sqrt(n))
	}
}

// checkConstant expects one value.
func checkConstant(t *testing.T, what string, values []float32, want float32) {
	t.Helper()
	testkit.CheckEqual(t, what, values, slices.Repeat([]float32{want}, len(values)))
}

// checkOrthonormal expects matrices [units][columns], one below the other, to have orthonormal
// columns, within 1e-5.
func checkOrthonormal(t *testing.T, what string, columns int, matrices ...[]float32) {
	t.Helper()
	all := slices.Concat(matrices...)
	for i := range columns {
		for j := range i + 1 {
			sum, want := 0.0, 0.0
			for at := 0; at < len(all); at += columns {
				sum += float64(all[at+i]) * float64(all[at+j])
			}
			if i == j {
				want = 1
			}
			if !(math.Abs(sum-want) <= 1e-5) {
				t.Fatalf("%s: columns %d and %d have the product %v", what, i, j, sum)
			}
		}
	}
}

// leaf returns a leaf's columns of values [rows][leaves·hidden], as [hidden][rows].
func leaf(values []float32, i, leaves, hidden int) (out []float32) {
	rows := len(values) / (leaves * hidden)
	for unit := range hidden {
		for row := range rows {
			out = append(out, values[(row*leaves+i)*hidden+unit])
		}
	}
	return out
}

// TestLikePyTorch compares with the distributions of torch.nn.RNNBase.reset_parameters.
func TestLikePyTorch(t *testing.T) {
	const input, hidden = 40, 900
	limit, like := 1/math.Sqrt(hidden), runtime.Like("pytorch")
	p := testkit.Must(gru.New(input, hidden, like)).Export().Params
	for name, values := range p {
		to := uniformTo(limit)
		if name == "br" || name == "bz" { // bias_ih + bias_hh; n has them apart
			to = triangleTo(limit)
		}
		checkDistribution(t, name, values, to)
	}
	if slices.Equal(p["bn"], p["cn"]) || slices.Equal(p["Wr"], p["Wz"]) {
		t.Error("two parameters are the same")
	}
	w := testkit.Must(lstm.New(input, hidden, like)).Export()
	for i := range 5 {
		all := map[string][]float32{"W": leaf(w.Kernel, i, 5, hidden), "U": leaf(w.Recurrent, i, 5, hidden), "b": leaf(w.Bias, i, 5, hidden)}
		for name, to := range map[string]func(float64) float64{"W": uniformTo(limit), "U": uniformTo(limit), "b": triangleTo(limit)} {
			if what := fmt.Sprint(name, i); i == 3 { // it only occurs with leaf 2
				checkConstant(t, what, all[name], 0)
			} else {
				checkDistribution(t, what, all[name], to)
			}
		}
	}
	p = testkit.Must(nascellp.New(input, hidden, like, runtime.Width("proj", 50))).Export().Params
	checkDistribution(t, "P", p["P"], uniformTo(limit))
	p = testkit.Must(peephole.New(input, hidden, like)).Export().Params
	checkConstant(t, "pf", p["pf"], 0)
	checkDistribution(t, "bf", p["bf"], triangleTo(limit))
}

// TestLikeKeras compares with the defaults of keras.layers.LSTM and GRU: a kernel of all gates
// that is glorot_uniform, a recurrent kernel that is orthogonal, and biases of 0.
func TestLikeKeras(t *testing.T) {
	const input, hidden, proj = 70, 90, 30
	like := runtime.Like("keras")
	glorot := func(in, out float64) func(float64) float64 { return uniformTo(math.Sqrt(6 / (in + out))) }
	for what, l := range map[string]*runtime.Layer{
		"gru": testkit.Must(gru.New(input, hidden, like)), "grubefore": testkit.Must(grubefore.New(input, hidden, like)),
	} {
		p := l.Export().Params
		checkOrthonormal(t, what, hidden, p["Ur"], p["Uz"], p["Un"])
		for _, gate := range []string{"r", "z", "n"} {
			checkDistribution(t, what+" W"+gate, p["W"+gate], glorot(input, 3*hidden))
			checkConstant(t, what+" b"+gate, p["b"+gate], 0)
		}
	}
	p := testkit.Must(peephole.New(input, hidden, like)).Export().Params
	checkOrthonormal(t, "peephole", hidden, p["Ui"], p["Uf"], p["Ug"], p["Uo"])
	checkConstant(t, "bf", p["bf"], 1) // unit_forget_bias
	checkConstant(t, "pf", p["pf"], 0)

	w := testkit.Must(lstm.New(input, hidden, like, runtime.Initial("b4", "constant", 1))).Export()
	var recurrent [][]float32
	for i := range 5 {
		recurrent = append(recurrent, leaf(w.Recurrent, i, 5, hidden))
		checkConstant(t, "b", leaf(w.Bias, i, 5, hidden), []float32{0, 0, 0, 0, 1}[i])
		if kernel := leaf(w.Kernel, i, 5, hidden); i == 3 {
			checkConstant(t, "W3", kernel, 0)
		} else {
			checkDistribution(t, "W", kernel, glorot(input, 4*hidden))
		}
	}
	checkOrthonormal(t, "lstm", hidden, recurrent...)

	p = testkit.Must(nascellp.New(input, hidden, like, runtime.Width("proj", proj))).Export().Params
	checkOrthonormal(t, "nascellp", proj, p["U0"], p["U1"], p["U2"], p["U3"], p["U4"], p["U5"], p["U6"], p["U7"])
	checkDistribution(t, "W0", p["W0"], glorot(input, 8*hidden))
	checkDistribution(t, "P", p["P"], glorot(hidden, proj))
	p = testkit.Must(enas.New(input, hidden, like)).Export().Params
	checkOrthonormal(t, "enas", hidden, p["Uc"], p["Uh"])
	checkDistribution(t, "C1", p["C1"], glorot(hidden, hidden))
}

// TestLikeSeeds expects seeds to decide all, and Initial to go before Like, whatever the order.
func TestLikeSeeds(t *testing.T) {
	weights := func(options ...runtime.Option) runtime.Weights {
		return testkit.Must(lstm.New(5, 7, options...)).Export()
	}
	for _, name := range []string{"pytorch", "keras"} {
		like := runtime.Like(name)
		a, b, c := weights(like), weights(like, runtime.Seed(1)), weights(like, runtime.Seed(2))
		testkit.CheckEqual(t, name, a.Kernel, b.Kernel)
		testkit.CheckEqual(t, name, a.Recurrent, b.Recurrent)
		testkit.CheckEqual(t, name, a.Bias, b.Bias)
		if slices.Equal(a.Kernel, c.Kernel) || slices.Equal(a.Recurrent, c.Recurrent) {
			t.Errorf("%s: two seeds give the same weights", name)
		}
		of4, of, all := runtime.Initial("b4", "constant", 1), runtime.Initial("bias", "constant", 3), runtime.Initial("W1", "constant", 2)
		for _, options := range [][]runtime.Option{{like, of4, all, of}, {of, all, of4, like}} {
			w := weights(options...)
			for i := range 5 {
				checkConstant(t, "b", leaf(w.Bias, i, 5, 7), []float32{3, 3, 3, 3, 1}[i])
			}
			checkConstant(t, "W1", leaf(w.Kernel, 1, 5, 7), 2)
			testkit.CheckEqual(t, "W0", leaf(w.Kernel, 0, 5, 7), leaf(a.Kernel, 0, 5, 7))
		}
	}
	testkit.CheckEqual(t, "no name", weights(runtime.Like("keras"), runtime.Like("")).Kernel, weights().Kernel)
}

// TestLeafNames expects options for all leaves, or one, of a cell of tokens.
func TestLeafNames(t *testing.T) {
	w := testkit.Must(lstm.New(3, 40, runtime.Initial("recurrent", "orthogonal"), runtime.Initial("U1", "identity"))).Export()
	for i := range 5 {
		checkOrthonormal(t, fmt.Sprint("U", i), 40, leaf(w.Recurrent, i, 5, 40))
	}
	if u := leaf(w.Recurrent, 1, 5, 40); u[0] != 1 || u[1] != 0 || slices.Equal(leaf(w.Recurrent, 2, 5, 40), u) {
		t.Error("U1 is not the identity, or others are")
	}
	for want, option := range map[string]runtime.Option{
		`Like("kears"): unknown framework, want one of keras, pytorch`:                   runtime.Like("kears"),
		`Like("PyTorch"): unknown framework, want one of pytorch, keras`:                 runtime.Like("PyTorch"),
		`Initial("b5", …): the cell has no such parameter, but b0`:                       runtime.Initial("b5", "constant", 1),
		`Initial("biases", …): the cell has no such parameter, but bias`:                 runtime.Initial("biases", "constant", 1),
		`Initial("bias", …): orthogonal is for a matrix, not for a vector`:               runtime.Initial("bias", "orthogonal"),
		`Initial("kernel", …): unknown initialiser "glorot", want one of glorot_uniform`: runtime.Initial("kernel", "glorot"),
	} {
		_, err := lstm.New(3, 4, option)
		testkit.CheckError(t, err, "runtime: LSTM NewLayer: "+want)
	}
	_, err := gru.New(3, 4, runtime.Initial("bias", "constant", 1))
	testkit.CheckError(t, err, `Initial("bias", …): the cell has no such parameter, but br`)
}
