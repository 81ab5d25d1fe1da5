package nn

import (
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

func uniformTo(a float64) func(x float64) float64 {
	return func(x float64) float64 { return min(max((x/a+1)/2, 0), 1) }
}

func normal(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// checkDistribution bounds the Kolmogorov distance of a parameter from a distribution function by
// 2/√n, which one draw in 1500 exceeds.
func checkDistribution(t *testing.T, p runtime.Param, to func(x float64) float64) {
	t.Helper()
	values := testkit.Must(p.Export(p.Value))
	slices.Sort(values)
	n, distance := float64(len(values)), 0.0
	for i, v := range values {
		f := to(float64(v))
		distance = max(distance, math.Abs(f-float64(i)/n), math.Abs(f-float64(i+1)/n))
	}
	if !(distance <= 2/math.Sqrt(n)) {
		t.Errorf("%s: Kolmogorov distance %v of %v values, want at most %v", p.Name, distance, n, 2/math.Sqrt(n))
	}
}

// TestLike compares with torch.nn.Linear and Embedding, and keras.layers.Dense and Embedding.
func TestLike(t *testing.T) {
	const input, output = 30, 700
	for _, framework := range []string{"pytorch", "keras"} {
		like := Like(framework)
		k := testkit.Must(NewStack(output, []Part{Embed(input), Linear(output), Linear(input), Tied()}, like)).Params("")
		d := testkit.Must(NewDense(input, output, like)).Params("dense")
		e := testkit.Must(NewEmbedding(output, input, like)).Params("embedding")
		kernel, table := uniformTo(math.Sqrt(6./(input+output))), uniformTo(0.05)
		if framework == "pytorch" {
			kernel, table = uniformTo(1/math.Sqrt(input)), normal
		}
		for _, p := range (runtime.Params{k[0], e[0]}) {
			checkDistribution(t, p, table)
		}
		for _, p := range (runtime.Params{k[1], d[0]}) {
			checkDistribution(t, p, kernel)
		}
		for _, p := range (runtime.Params{k[2], d[1], k[5]}) { // the last is the tied part's
			if framework == "pytorch" {
				checkDistribution(t, p, kernel)
			} else {
				testkit.CheckEqual(t, p.Name, p.Value, make([]float32, output))
			}
		}
		if slices.Equal(k[2].Value[:output], k[5].Value) && framework == "pytorch" {
			t.Error("two parts have the same bias")
		}
	}
}

// TestStackLike expects recurrent layers to be drawn as they are alone, with the options of a part
// before the options of the stack, and seeds of their own.
func TestStackLike(t *testing.T) {
	parts := []Part{
		Recurrent(gru.New, 6), Recurrent(gru.New, 6), Bidirectional(gru.New, 3),
		Recurrent(gru.New, 6, runtime.Seed(7), runtime.Initial("bz", "constant", 1)), Recurrent(gru.New, 6, runtime.Seed(7), runtime.Like("")),
		Linear(6, Like("pytorch"), Seed(7)), Linear(6, Initial("kernel", "identity"), Initial("bias", "constant", 4)),
	}
	k := testkit.Must(NewStack(6, parts, Like("keras")))
	weights := func(name string) []float32 { return k.Layer(name).Export().Params["Wr"] }
	names := []string{"layer0", "layer1", "layer2.forward", "layer2.backward"}
	for i, name := range names {
		for _, other := range names[:i] {
			if slices.Equal(weights(name)[:18], weights(other)[:18]) {
				t.Errorf("%s and %s have the same weights", name, other)
			}
		}
	}
	alone := testkit.Must(gru.New(6, 6, runtime.Like("keras"), runtime.Seed(7), runtime.Initial("bz", "constant", 1))).Export().Params
	for name, want := range alone {
		testkit.CheckEqual(t, name, k.Layer("layer3").Export().Params[name], want)
	}
	testkit.CheckEqual(t, "Wr", weights("layer4"), testkit.Must(gru.New(6, 6, runtime.Seed(7))).Export().Params["Wr"])
	p, d := k.Params(""), testkit.Must(NewDense(6, 6, Like("pytorch"), Seed(7))).Params("d")
	p = p[len(p)-4:]
	testkit.CheckEqual(t, "kernel", p[0].Value, d[0].Value)
	testkit.CheckEqual(t, "bias", p[1].Value, d[1].Value)
	testkit.CheckEqual(t, "row", p[2].Value[6:12], []float32{0, 1, 0, 0, 0, 0})
	testkit.CheckEqual(t, "bias", p[3].Value, []float32{4, 4, 4, 4, 4, 4})
	again := testkit.Must(NewStack(6, parts, Like("keras"), Seed(1))).Params("")
	for i, p := range k.Params("") {
		testkit.CheckEqual(t, p.Name, again[i].Value, p.Value)
	}
}

func TestInitialErrors(t *testing.T) {
	dense := func(options ...Option) error { _, err := NewDense(2, 3, options...); return err }
	embedding := func(options ...Option) error { _, err := NewEmbedding(2, 3, options...); return err }
	stack := func(options ...Option) error { _, err := NewStack(2, []Part{Linear(3)}, options...); return err }
	part := func(p Part) error { _, err := NewStack(2, []Part{p}); return err }
	for want, err := range map[string]error{
		`NewDense: Like("pytoch"): unknown framework, want one of pytorch, keras`:                  dense(Like("pytoch")),
		`NewDense: Initial("kernal", …): no such parameter, but kernel, bias`:                      dense(Initial("kernal", "orthogonal")),
		`NewDense: Initial("bias", …): orthogonal is for a matrix, not for a vector`:               dense(Initial("bias", "orthogonal")),
		`NewEmbedding: Initial("kernel", …): no such parameter, but table`:                         embedding(Initial("kernel", "orthogonal")),
		`NewEmbedding: Initial("table", …): normal(-1): want normal(s) with s > 0`:                 embedding(Initial("table", "normal", -1)),
		`NewEmbedding: Like("torch"): unknown framework, want one of pytorch, keras`:               embedding(Like("torch")),
		`NewStack: Like("torch"): unknown framework, want one of pytorch, keras`:                   stack(Like("torch")),
		`NewStack: Initial("kernel", …) is for a part, such as Linear: give it there`:              stack(Initial("kernel", "orthogonal")),
		`NewStack: part 0: nn: NewDense: Initial("table", …): no such parameter, but`:              part(Linear(3, Initial("table", "orthogonal"))),
		`NewStack: part 0: runtime: GRU NewLayer: Like("torch"): unknown framework, want one of p`: part(Recurrent(gru.New, 3, runtime.Like("torch"))),
	} {
		checkError(t, err, want)
	}
}
