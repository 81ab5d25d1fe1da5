package runtime

import (
	"fmt"
	"math"

	"github.com/cellgen/cellgen/runtime/kernel"
)

const (
	inputDim  = kernel.Input
	hiddenDim = kernel.Hidden
)

// on is a product whose slots each have one parameter.
func on(operand string, first int, params ...int) kernel.Product {
	p := kernel.Product{Operand: operand, First: first}
	for _, i := range params {
		p.Sums = append(p.Sums, []int{i})
	}
	return p
}

func transposed(p kernel.Product) kernel.Product { p.Transposed = true; return p }

func glorot(name string, rows, cols kernel.Dim) kernel.Param {
	return kernel.Matrix(name, rows, cols, kernel.GlorotUniform)
}

func half(name string, width kernel.Dim) kernel.Param {
	return kernel.Vector(name, width, kernel.Uniform, 0.5)
}

// anyCells are general cells: what each is good for stands in its name.
var anyCells = []*anyCell{
	gruBefore(), lstmp(), qrnn(), cfc(), peephole(), antisymmetric(), sru(), deep(), rhn(), mixedInputs(), summed(), tiedSum(), bridge(), gated(),
}

// gruBefore is a GRU with the reset before the product. The state before goes to the second
// stage among what crosses, so that one stage has its cotangent.
func gruBefore() *anyCell {
	d := kernel.Description{Name: "gru, two stages", Params: []kernel.Param{
		glorot("Wr", hiddenDim, inputDim), glorot("Wz", hiddenDim, inputDim), glorot("Wn", hiddenDim, inputDim),
		glorot("Ur", hiddenDim, hiddenDim), glorot("Uz", hiddenDim, hiddenDim), glorot("Un", hiddenDim, hiddenDim),
		half("br", hiddenDim), half("bz", hiddenDim), half("bn", hiddenDim),
	}, States: []kernel.State{{Name: "h", Width: hiddenDim, Output: true}}, Operands: []kernel.Operand{{Name: "rh", Width: hiddenDim}}}
	return newAnyCell(d, 2, []anyStage{
		{
			Stage: kernel.Stage{Width: hiddenDim, Slots: 2, Products: []kernel.Product{on("x", 0, 0, 1), on("h", 0, 3, 4), on("1", 0, 6, 7)}, Operands: []int{0}},
			prev:  []int{0}, writes: []int{0, 1}, f: func(in, out []float64) {
				out[0], out[1], out[2] = sigmoid64(in[0])*in[2], sigmoid64(in[1]), in[2]
			},
		},
		{
			Stage: kernel.Stage{Width: hiddenDim, Slots: 1, Products: []kernel.Product{on("x", 0, 2), on("rh", 0, 5), on("1", 0, 8)}, States: []int{0}},
			reads: []int{0, 1}, f: func(in, out []float64) {
				out[0] = (1-in[1])*math.Tanh(in[0]) + in[1]*in[2]
			},
		},
	}, func(t *tape, e env) (map[string]*vec, *vec) {
		r := t.sigmoid(t.add(t.mat(e.p["Wr"], e.x), t.mat(e.p["Ur"], e.s["h"]), e.p["br"]))
		z := t.sigmoid(t.add(t.mat(e.p["Wz"], e.x), t.mat(e.p["Uz"], e.s["h"]), e.p["bz"]))
		n := t.tanh(t.add(t.mat(e.p["Wn"], e.x), t.mat(e.p["Un"], t.mul(r, e.s["h"])), e.p["bn"]))
		h := t.blend(z, e.s["h"], n)
		return map[string]*vec{"h": h}, h
	})
}

// lstmp is an LSTM with a projection, times a scalar that kernels of both widths read.
func lstmp() *anyCell {
	d := kernel.Description{
		Name: "lstmp, two widths, a scalar in both", Dims: []kernel.Size{{Name: "proj"}},
		States:   []kernel.State{{Name: "r", Width: "proj", Output: true}, {Name: "c", Width: hiddenDim, Initial: 0.25}},
		Operands: []kernel.Operand{{Name: "m", Width: hiddenDim}},
	}
	for _, g := range "ifgo" {
		d.Params = append(d.Params, glorot(fmt.Sprintf("W%c", g), hiddenDim, inputDim), glorot(fmt.Sprintf("U%c", g), hiddenDim, "proj"), half(fmt.Sprintf("b%c", g), hiddenDim))
	}
	d.Params = append(d.Params, glorot("P", "proj", hiddenDim), kernel.Param{Name: "scale", Initial: kernel.Initial{Name: kernel.Constant, Args: []float64{1.25}}}, half("v", "proj"))
	return newAnyCell(d, 0, []anyStage{
		{
			Stage: kernel.Stage{Width: hiddenDim, Slots: 4, Vectors: []int{13}, Products: []kernel.Product{on("1", 0, 2, 5, 8, 11), on("r", 0, 1, 4, 7, 10), on("x", 0, 0, 3, 6, 9)}, States: []int{1}, Operands: []int{0}},
			prev:  []int{1}, vectors: []int{0}, f: func(in, out []float64) {
				out[0] = sigmoid64(in[1])*in[4] + sigmoid64(in[0])*math.Tanh(in[2])
				out[1] = sigmoid64(in[3]) * math.Tanh(in[5]*out[0])
			},
		},
		{
			Stage:   kernel.Stage{Width: "proj", Slots: 1, Vectors: []int{14, 13}, Products: []kernel.Product{on("m", 0, 12)}, States: []int{0}},
			vectors: []int{1, 0}, f: func(in, out []float64) { out[0] = in[1]*in[0] + in[2] },
		},
	}, func(t *tape, e env) (map[string]*vec, *vec) {
		g := make(map[rune]*vec)
		for _, n := range "ifgo" {
			g[n] = t.add(t.mat(e.p["W"+string(n)], e.x), t.mat(e.p["U"+string(n)], e.s["r"]), e.p["b"+string(n)])
		}
		c := t.add(t.mul(t.sigmoid(g['f']), e.s["c"]), t.mul(t.sigmoid(g['i']), t.tanh(g['g'])))
		m := t.mul(t.sigmoid(g['o']), t.tanh(t.mul(e.p["scale"], c)))
		r := t.add(t.mul(e.p["scale"], t.mat(e.p["P"], m)), e.p["v"])
		return map[string]*vec{"c": c, "r": r}, r
	})
}

// qrnn has the input before as a state that a batched stage writes, and no barriers.
func qrnn() *anyCell {
	d := kernel.Description{
		Name: "qrnn, a delayed input, an output that is not a state", Output: hiddenDim,
		States: []kernel.State{{Name: "p", Width: inputDim, Initial: 0.5}, {Name: "c", Width: hiddenDim}},
	}
	for _, g := range "zfo" {
		d.Params = append(d.Params, glorot(fmt.Sprintf("W%c", g), hiddenDim, inputDim), glorot(fmt.Sprintf("V%c", g), hiddenDim, inputDim))
	}
	return newAnyCell(d, 0, []anyStage{
		{Stage: kernel.Stage{Width: inputDim, Batched: true, Inputs: []int{0}, States: []int{0}}, f: func(in, out []float64) { out[0] = in[0] }},
		{
			Stage: kernel.Stage{Width: hiddenDim, Slots: 3, Products: []kernel.Product{on("x", 0, 0, 2, 4), on("p", 0, 1, 3, 5)}, States: []int{1}, Output: true},
			prev:  []int{1}, f: func(in, out []float64) {
				f := sigmoid64(in[1])
				out[0] = f*in[3] + (1-f)*math.Tanh(in[0])
				out[1] = sigmoid64(in[2]) * out[0]
			},
		},
	}, func(t *tape, e env) (map[string]*vec, *vec) {
		g := make(map[rune]*vec)
		for _, n := range "zfo" {
			g[n] = t.add(t.mat(e.p["W"+string(n)], e.x), t.mat(e.p["V"+string(n)], e.s["p"]))
		}
		c := t.blend(t.sigmoid(g['f']), e.s["c"], t.tanh(g['z']))
		return map[string]*vec{"c": c, "p": t.affine(1, e.x, 0)}, t.mul(t.sigmoid(g['o']), c)
	})
}

// cfc reads one number a row.
func cfc() *anyCell {
	d := kernel.Description{
		Name: "cfc, a number a row, a backbone", Dims: []kernel.Size{{Name: "backbone", Equal: "20"}}, Inputs: []kernel.ExtraInput{{Name: "ts"}},
		Params: []kernel.Param{
			glorot("Bx", "backbone", inputDim), glorot("Bh", "backbone", hiddenDim), half("bb", "backbone"),
			glorot("F", hiddenDim, "backbone"), glorot("G", hiddenDim, "backbone"), glorot("A", hiddenDim, "backbone"), half("bf", hiddenDim), half("ba", hiddenDim),
		}, States: []kernel.State{{Name: "h", Width: hiddenDim, Output: true}}, Operands: []kernel.Operand{{Name: "b", Width: "backbone"}},
	}
	return newAnyCell(d, 0, []anyStage{
		{
			Stage: kernel.Stage{Width: "backbone", Slots: 1, Inputs: []int{1}, Products: []kernel.Product{on("h", 0, 1), on("x", 0, 0), on("1", 0, 2)}, Operands: []int{0}},
			f:     func(in, out []float64) { out[0] = math.Tanh(in[0] + 0.25*in[1]) },
		},
		{
			Stage: kernel.Stage{Width: hiddenDim, Slots: 3, Inputs: []int{1}, Products: []kernel.Product{on("b", 0, 3, 4, 5), on("1", 0, 6), on("1", 2, 7)}, States: []int{0}},
			f: func(in, out []float64) {
				g := sigmoid64(in[2] * in[3])
				out[0] = math.Tanh(in[0])*(1-g) + g*math.Tanh(in[1])
			},
		},
	}, func(t *tape, e env) (map[string]*vec, *vec) {
		b := t.add(t.mat(e.p["Bx"], e.x), t.mat(e.p["Bh"], e.s["h"]), e.p["bb"])
		ones := newVec(len(b.v))
		for i := range ones.v {
			ones.v[i] = 0.25
		}
		b = t.tanh(t.add(b, t.mul(ones, e.in["ts"])))
		f, g := t.tanh(t.add(t.mat(e.p["F"], b), e.p["bf"])), t.tanh(t.mat(e.p["G"], b))
		h := t.blend(t.sigmoid(t.mul(t.add(t.mat(e.p["A"], b), e.p["ba"]), e.in["ts"])), g, f)
		return map[string]*vec{"h": h}, h
	})
}

// peephole reads vectors.
func peephole() *anyCell {
	d := kernel.Description{Name: "peephole, vectors", States: []kernel.State{{Name: "h", Width: hiddenDim, Output: true}, {Name: "c", Width: hiddenDim}}}
	for _, g := range "igo" {
		d.Params = append(d.Params, glorot(fmt.Sprintf("W%c", g), hiddenDim, inputDim), glorot(fmt.Sprintf("U%c", g), hiddenDim, hiddenDim), half(fmt.Sprintf("b%c", g), hiddenDim), half(fmt.Sprintf("p%c", g), hiddenDim))
	}
	return newAnyCell(d, 0, []anyStage{
		{
			Stage: kernel.Stage{Width: hiddenDim, Slots: 3, Vectors: []int{3, 7, 11}, Products: []kernel.Product{on("h", 0, 1, 5, 9), on("x", 0, 0, 4, 8), on("1", 0, 2, 6, 10)}, States: []int{0, 1}},
			prev:  []int{1}, vectors: []int{2, 0}, f: func(in, out []float64) {
				i := sigmoid64(in[0] + in[5]*in[3])
				c := (1-i)*in[3] + i*math.Tanh(in[1])
				out[0], out[1] = sigmoid64(in[2]+in[4]*c)*math.Tanh(c), c
			},
		},
	}, func(t *tape, e env) (map[string]*vec, *vec) {
		g := make(map[rune]*vec)
		for _, n := range "igo" {
			g[n] = t.add(t.mat(e.p["W"+string(n)], e.x), t.mat(e.p["U"+string(n)], e.s["h"]), e.p["b"+string(n)])
		}
		c := t.blend(t.sigmoid(t.add(g['i'], t.mul(e.p["pi"], e.s["c"]))), t.tanh(g['g']), e.s["c"])
		h := t.mul(t.sigmoid(t.add(g['o'], t.mul(e.p["po"], c))), t.tanh(c))
		return map[string]*vec{"h": h, "c": c}, h
	})
}

// antisymmetric multiplies by a matrix and by its transpose, and has a scalar.
func antisymmetric() *anyCell {
	d := kernel.Description{Name: "antisymmetric, a transpose, a scalar", Params: []kernel.Param{
		glorot("W", hiddenDim, inputDim), glorot("V", hiddenDim, hiddenDim), half("b", hiddenDim), {Name: "gamma", Initial: kernel.Initial{Name: kernel.Constant, Args: []float64{0.5}}}, half("tau", hiddenDim),
	}, States: []kernel.State{{Name: "h", Width: hiddenDim, Output: true}}}
	return newAnyCell(d, 0, []anyStage{
		{
			Stage: kernel.Stage{Width: hiddenDim, Slots: 2, Vectors: []int{3, 4}, Products: []kernel.Product{on("x", 0, 0), on("h", 0, 1), transposed(on("h", 1, 1)), on("1", 0, 2)}, States: []int{0}},
			prev:  []int{0}, vectors: []int{0, 1}, f: func(in, out []float64) {
				out[0] = in[2] + in[4]*math.Tanh(in[0]-in[1]-in[3]*in[2])
			},
		},
	}, func(t *tape, e env) (map[string]*vec, *vec) {
		h := e.s["h"]
		s := t.add(t.mat(e.p["W"], e.x), t.mat(e.p["V"], h), t.affine(-1, t.matT(e.p["V"], h), 0), t.affine(-1, t.mul(e.p["gamma"], h), 0), e.p["b"])
		next := t.add(h, t.mul(e.p["tau"], t.tanh(s)))
		return map[string]*vec{"h": next}, next
	})
}

// sru reads x elementwise, and has no barriers.
func sru() *anyCell {
	d := kernel.Description{Name: "sru, x elementwise", Dims: []kernel.Size{{Name: inputDim, Equal: hiddenDim}}, Output: hiddenDim, Params: []kernel.Param{
		glorot("W", hiddenDim, inputDim), glorot("Wf", hiddenDim, hiddenDim), glorot("Wr", inputDim, inputDim), half("v", hiddenDim),
	}, States: []kernel.State{{Name: "c", Width: inputDim}}}
	return newAnyCell(d, 0, []anyStage{
		{
			Stage: kernel.Stage{Width: hiddenDim, Slots: 3, Vectors: []int{3}, Inputs: []int{0}, Products: []kernel.Product{on("x", 0, 0, 1, 2)}, States: []int{0}, Output: true},
			prev:  []int{0}, vectors: []int{0}, f: func(in, out []float64) {
				f := sigmoid64(in[1] + in[5]*in[3])
				out[0] = f*in[3] + (1-f)*in[0]
				r := sigmoid64(in[2])
				out[1] = r*math.Tanh(out[0]) + (1-r)*in[4]
			},
		},
	}, func(t *tape, e env) (map[string]*vec, *vec) {
		c := t.blend(t.sigmoid(t.add(t.mat(e.p["Wf"], e.x), t.mul(e.p["v"], e.s["c"]))), e.s["c"], t.mat(e.p["W"], e.x))
		return map[string]*vec{"c": c}, t.blend(t.sigmoid(t.mat(e.p["Wr"], e.x)), t.tanh(c), e.x)
	})
}

// deep has batched stages that multiply what batched stages compute, one with a state that is
// read elementwise by the stage that writes it.
func deep() *anyCell {
	d := kernel.Description{Name: "deep, batched operands", Dims: []kernel.Size{{Name: "mid"}}, Params: []kernel.Param{
		glorot("V", "mid", inputDim), glorot("Q", "mid", "mid"), glorot("R", "mid", "mid"), glorot("W", hiddenDim, "mid"), glorot("U", hiddenDim, hiddenDim), half("b", "mid"), glorot("S", hiddenDim, "mid"),
	}, States: []kernel.State{{Name: "h", Width: hiddenDim, Output: true}, {Name: "a", Width: "mid"}}, Operands: []kernel.Operand{{Name: "u", Width: "mid"}, {Name: "w", Width: "mid"}}}
	return newAnyCell(d, 0, []anyStage{
		{
			Stage: kernel.Stage{Width: "mid", Batched: true, Slots: 1, Products: []kernel.Product{on("x", 0, 0), on("1", 0, 5)}, States: []int{1}, Operands: []int{0}},
			prev:  []int{1}, f: func(in, out []float64) { out[0] = math.Tanh(in[0]) + 0.5*in[1]; out[1] = math.Tanh(out[0]) },
		},
		{
			Stage: kernel.Stage{Width: "mid", Batched: true, Slots: 1, Products: []kernel.Product{on("u", 0, 1), on("a", 0, 2)}, Operands: []int{1}},
			f:     func(in, out []float64) { out[0] = math.Tanh(in[0]) },
		},
		{
			Stage: kernel.Stage{Width: hiddenDim, Slots: 1, Products: []kernel.Product{on("h", 0, 4), on("w", 0, 3), on("u", 0, 6)}, States: []int{0}},
			f:     func(in, out []float64) { out[0] = math.Tanh(in[0]) },
		},
	}, func(t *tape, e env) (map[string]*vec, *vec) {
		a := t.add(t.tanh(t.add(t.mat(e.p["V"], e.x), e.p["b"])), t.affine(0.5, e.s["a"], 0))
		u := t.tanh(a)
		w := t.tanh(t.add(t.mat(e.p["Q"], u), t.mat(e.p["R"], e.s["a"])))
		h := t.tanh(t.add(t.mat(e.p["W"], w), t.mat(e.p["S"], u), t.mat(e.p["U"], e.s["h"])))
		return map[string]*vec{"a": a, "h": h}, h
	})
}

// rhn is a recurrent highway network of depth 3, whose last layer has the weights of the
// second: mirrors.
func rhn() *anyCell {
	d := kernel.Description{Name: "rhn, depth 3, tied", Params: []kernel.Param{
		glorot("Wh", hiddenDim, inputDim), glorot("Wt", hiddenDim, inputDim), glorot("Rh", hiddenDim, hiddenDim), glorot("Rt", hiddenDim, hiddenDim), glorot("Sh", hiddenDim, hiddenDim), glorot("St", hiddenDim, hiddenDim),
	}, States: []kernel.State{{Name: "s", Width: hiddenDim, Output: true}}, Operands: []kernel.Operand{{Name: "s1", Width: hiddenDim}, {Name: "s2", Width: hiddenDim}}}
	layer := func(in, out []float64) {
		g := sigmoid64(in[1])
		out[0] = math.Tanh(in[0])*g + in[2]*(1-g)
		if len(out) > 1 {
			out[1] = out[0]
		}
	}
	return newAnyCell(d, 2, []anyStage{
		{Stage: kernel.Stage{Width: hiddenDim, Slots: 2, Products: []kernel.Product{on("x", 0, 0, 1), on("s", 0, 2, 3)}, Operands: []int{0}}, prev: []int{0}, writes: []int{0}, f: layer},
		{Stage: kernel.Stage{Width: hiddenDim, Slots: 2, Products: []kernel.Product{on("s1", 0, 4, 5)}, Operands: []int{1}}, reads: []int{0}, writes: []int{1}, f: layer},
		{Stage: kernel.Stage{Width: hiddenDim, Slots: 2, Products: []kernel.Product{on("s2", 0, 4, 5)}, States: []int{0}}, reads: []int{1}, f: layer},
	}, func(t *tape, e env) (map[string]*vec, *vec) {
		s := e.s["s"]
		s = t.blend(t.sigmoid(t.add(t.mat(e.p["Wt"], e.x), t.mat(e.p["Rt"], s))), t.tanh(t.add(t.mat(e.p["Wh"], e.x), t.mat(e.p["Rh"], s))), s)
		for range 2 {
			s = t.blend(t.sigmoid(t.mat(e.p["St"], s)), t.tanh(t.mat(e.p["Sh"], s)), s)
		}
		return map[string]*vec{"s": s}, s
	})
}

// mixedInputs multiplies an input beside x, and reads it elementwise too.
func mixedInputs() *anyCell {
	d := kernel.Description{
		Name: "inputs beside x", Dims: []kernel.Size{{Name: "ctx", Equal: hiddenDim}}, Inputs: []kernel.ExtraInput{{Name: "g"}, {Name: "ctx", Width: "ctx"}},
		Params: []kernel.Param{glorot("W", hiddenDim, inputDim), glorot("C", hiddenDim, "ctx"), glorot("U", hiddenDim, hiddenDim)},
		States: []kernel.State{{Name: "h", Width: hiddenDim, Output: true}},
	}
	return newAnyCell(d, 0, []anyStage{
		{
			Stage: kernel.Stage{Width: hiddenDim, Slots: 1, Inputs: []int{2, 1}, Products: []kernel.Product{on("ctx", 0, 1), on("x", 0, 0), on("h", 0, 2)}, States: []int{0}},
			f:     func(in, out []float64) { out[0] = math.Tanh(in[0]) + in[1]*in[2] },
		},
	}, func(t *tape, e env) (map[string]*vec, *vec) {
		h := t.add(t.tanh(t.add(t.mat(e.p["W"], e.x), t.mat(e.p["C"], e.in["ctx"]), t.mat(e.p["U"], e.s["h"]))), t.mul(e.in["ctx"], e.in["g"]))
		return map[string]*vec{"h": h}, h
	})
}

// summed has slots that are sums of several products with one operand, at home and in a
// mirror, and a matrix that is transposed at home.
func summed() *anyCell {
	d := kernel.Description{Name: "summed slots, transposed home", Params: []kernel.Param{
		glorot("A", hiddenDim, inputDim), glorot("B", hiddenDim, inputDim), glorot("T", hiddenDim, hiddenDim), glorot("C", hiddenDim, hiddenDim), glorot("D", hiddenDim, hiddenDim),
	}, States: []kernel.State{{Name: "h", Width: hiddenDim, Output: true}, {Name: "k", Width: hiddenDim}}}
	return newAnyCell(d, 0, []anyStage{
		{
			Stage: kernel.Stage{Width: hiddenDim, Slots: 4, Products: []kernel.Product{
				{Operand: "x", First: 0, Sums: [][]int{{1, 0}}},
				transposed(on("h", 0, 2)),
				{Operand: "h", First: 1, Sums: [][]int{{3, 4}}},
				{Operand: "k", First: 2, Sums: [][]int{{4, 3}, {2}}},
			}, States: []int{0, 1}},
			f: func(in, out []float64) { out[0], out[1] = math.Tanh(in[0]+in[2]), math.Tanh(in[1]*in[3]) },
		},
	}, func(t *tape, e env) (map[string]*vec, *vec) {
		p, h, k := e.p, e.s["h"], e.s["k"]
		a := t.tanh(t.add(t.mat(p["A"], e.x), t.mat(p["B"], e.x), t.matT(p["T"], h), t.mat(p["C"], k), t.mat(p["D"], k)))
		b := t.tanh(t.mul(t.add(t.mat(p["C"], h), t.mat(p["D"], h)), t.mat(p["T"], k)))
		return map[string]*vec{"h": a, "k": b}, a
	})
}

// tiedSum has a mirror whose slot is the sum of two homes, one of them transposed. Its first slots
// have no product with x.
func tiedSum() *anyCell {
	d := kernel.Description{Name: "tied, a sum of two homes", Params: []kernel.Param{
		glorot("W", hiddenDim, inputDim), glorot("A", hiddenDim, hiddenDim), glorot("B", hiddenDim, hiddenDim),
	}, States: []kernel.State{{Name: "h", Width: hiddenDim, Output: true}, {Name: "k", Width: hiddenDim}}}
	return newAnyCell(d, 0, []anyStage{
		{
			Stage: kernel.Stage{Width: hiddenDim, Slots: 3, Products: []kernel.Product{
				on("x", 2, 0), transposed(on("h", 0, 1)), on("h", 1, 2), {Operand: "k", First: 2, Sums: [][]int{{1, 2}}},
			}, States: []int{0, 1}},
			f: func(in, out []float64) { out[0], out[1] = math.Tanh(in[0]+in[2]), math.Tanh(in[1]) },
		},
	}, func(t *tape, e env) (map[string]*vec, *vec) {
		p, h, k := e.p, e.s["h"], e.s["k"]
		a := t.tanh(t.add(t.mat(p["W"], e.x), t.matT(p["A"], h), t.mat(p["A"], k), t.mat(p["B"], k)))
		return map[string]*vec{"h": a, "k": t.tanh(t.mat(p["B"], h))}, a
	})
}

// bridge has values that cross from a batched stage to one that is not, whose cotangents are
// kept for all steps.
func bridge() *anyCell {
	d := kernel.Description{Name: "bridge, batched values cross", Params: []kernel.Param{
		glorot("W", hiddenDim, inputDim), glorot("U", hiddenDim, hiddenDim), half("v", hiddenDim),
	}, States: []kernel.State{{Name: "h", Width: hiddenDim, Output: true}}}
	return newAnyCell(d, 1, []anyStage{
		{
			Stage:  kernel.Stage{Width: hiddenDim, Batched: true, Slots: 1, Vectors: []int{2}, Products: []kernel.Product{on("x", 0, 0)}},
			writes: []int{0}, vectors: []int{0}, f: func(in, out []float64) { out[0] = sigmoid64(in[0] + in[1]) },
		},
		{
			Stage: kernel.Stage{Width: hiddenDim, Slots: 1, Vectors: []int{2}, Products: []kernel.Product{on("h", 0, 1)}, States: []int{0}},
			prev:  []int{0}, reads: []int{0}, f: func(in, out []float64) { out[0] = in[2]*in[1] + (1-in[2])*math.Tanh(in[0]) },
		},
	}, func(t *tape, e env) (map[string]*vec, *vec) {
		z := t.sigmoid(t.add(t.mat(e.p["W"], e.x), e.p["v"]))
		h := t.blend(z, e.s["h"], t.tanh(t.mat(e.p["U"], e.s["h"])))
		return map[string]*vec{"h": h}, h
	})
}

// gated reads x, and inputs beside it, elementwise alone: kernels write all of their cotangents.
func gated() *anyCell {
	d := kernel.Description{
		Name: "gated, inputs in no product", Dims: []kernel.Size{{Name: inputDim, Equal: hiddenDim}},
		Inputs: []kernel.ExtraInput{{Name: "g", Width: hiddenDim}, {Name: "k", Width: hiddenDim}},
		Params: []kernel.Param{glorot("U", hiddenDim, hiddenDim)},
		States: []kernel.State{{Name: "h", Width: hiddenDim, Output: true}},
	}
	return newAnyCell(d, 0, []anyStage{
		{
			Stage: kernel.Stage{Width: hiddenDim, Slots: 1, Inputs: []int{0, 1, 2}, Products: []kernel.Product{on("h", 0, 0)}, States: []int{0}},
			f:     func(in, out []float64) { out[0] = math.Tanh(in[0]+in[1]*in[2]) * in[3] },
		},
	}, func(t *tape, e env) (map[string]*vec, *vec) {
		h := t.mul(t.tanh(t.add(t.mat(e.p["U"], e.s["h"]), t.mul(e.x, e.in["g"]))), e.in["k"])
		return map[string]*vec{"h": h}, h
	})
}
