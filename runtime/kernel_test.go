package runtime

import "math"

// lstmKernel is the textbook LSTM, its five leaves merged to four gates: i, g,
// o = leaves 2 and 3, f; c_t = f·c_{t−1} + i·g, h_t = o·tanh(c_t).
type lstmKernel struct{ bias bool }

func (lstmKernel) Name() string { return "lstm" }
func (lstmKernel) Leaves() int  { return 5 }
func (k lstmKernel) Bias() bool { return k.bias }
func (lstmKernel) Saved() int   { return 5 } // i g o f tanh(c)
func (lstmKernel) Slots() (input, recurrent [][]int) {
	gates := [][]int{{0}, {1}, {2, 3}, {4}}
	return gates, gates
}

func (lstmKernel) Forward(rows int, tile, cPrev, saved, h, c []float32, stride int) {
	for r := range rows {
		tile, saved := tile[r*64:][:64], saved[r*80:][:80]
		cPrev, h, c := cPrev[r*stride:][:16], h[r*stride:][:16], c[r*stride:][:16]
		for u := range 16 {
			i, g := sigmoid(tile[u]), tanh(tile[16+u])
			o, f := sigmoid(tile[32+u]), sigmoid(tile[48+u])
			c[u] = f*cPrev[u] + i*g
			tc := tanh(c[u])
			h[u] = o * tc
			saved[u], saved[16+u], saved[32+u], saved[48+u], saved[64+u] = i, g, o, f, tc
		}
	}
}

func (lstmKernel) Backward(rows int, saved, cPrev, dh, dc, dtile, dcPrev []float32, stride int) {
	for r := range rows {
		dtile, saved := dtile[r*64:][:64], saved[r*80:][:80]
		cPrev, dh := cPrev[r*stride:][:16], dh[r*stride:][:16]
		dc, dcPrev := dc[r*stride:][:16], dcPrev[r*stride:][:16]
		for u := range 16 {
			i, g, o, f, tc := saved[u], saved[16+u], saved[32+u], saved[48+u], saved[64+u]
			d := dc[u] + dh[u]*o*(1-tc*tc)
			dtile[u] = d * g * i * (1 - i)
			dtile[16+u] = d * i * (1 - g*g)
			dtile[32+u] = dh[u] * tc * o * (1 - o)
			dtile[48+u] = d * cPrev[u] * f * (1 - f)
			dcPrev[u] = d * f
		}
	}
}

// mixedKernel has slots of every kind: leaf 0 adds, leaves 1 and 2 multiply
// (p = x·W · (h·U + b)), and those two come in another order on the recurrent
// side. a = σ(p_0), c_t = a·c_{t−1} + p_1, h_t = a·tanh(c_t) + p_2.
type mixedKernel struct{ bias bool }

func (mixedKernel) Name() string { return "mixed" }
func (mixedKernel) Leaves() int  { return 3 }
func (k mixedKernel) Bias() bool { return k.bias }
func (mixedKernel) Saved() int   { return 6 } // x_1 x_2 a r_2 r_1 tanh(c)
func (mixedKernel) Slots() (input, recurrent [][]int) {
	return [][]int{{1}, {2}, {0}, {}, {}}, [][]int{{}, {}, {0}, {2}, {1}}
}

func (mixedKernel) Forward(rows int, tile, cPrev, saved, h, c []float32, stride int) {
	for r := range rows {
		tile, saved := tile[r*80:][:80], saved[r*96:][:96]
		cPrev, h, c := cPrev[r*stride:][:16], h[r*stride:][:16], c[r*stride:][:16]
		copy(saved, tile)
		for u := range 16 {
			a := sigmoid(tile[32+u])
			c[u] = a*cPrev[u] + tile[u]*tile[64+u]
			tc := tanh(c[u])
			h[u] = a*tc + tile[16+u]*tile[48+u]
			saved[32+u], saved[80+u] = a, tc
		}
	}
}

func (mixedKernel) Backward(rows int, saved, cPrev, dh, dc, dtile, dcPrev []float32, stride int) {
	for r := range rows {
		dtile, saved := dtile[r*80:][:80], saved[r*96:][:96]
		cPrev, dh := cPrev[r*stride:][:16], dh[r*stride:][:16]
		dc, dcPrev := dc[r*stride:][:16], dcPrev[r*stride:][:16]
		for u := range 16 {
			a, tc := saved[32+u], saved[80+u]
			d := dc[u] + dh[u]*a*(1-tc*tc)
			dtile[u] = d * saved[64+u]
			dtile[16+u] = dh[u] * saved[48+u]
			dtile[32+u] = (dh[u]*tc + d*cPrev[u]) * a * (1 - a)
			dtile[48+u] = dh[u] * saved[16+u]
			dtile[64+u] = d * saved[u]
			dcPrev[u] = d * a
		}
	}
}

// poisonedKernel leaves NaN in every padded lane it may write to, as a cell
// might that divides. The hidden size is below 16: there is one block.
type poisonedKernel struct {
	Kernel
	hidden int
}

func (k poisonedKernel) Forward(rows int, tile, cPrev, saved, h, c []float32, stride int) {
	k.Kernel.Forward(rows, tile, cPrev, saved, h, c, stride)
	k.poison(saved, h, c)
}

func (k poisonedKernel) Backward(rows int, saved, cPrev, dh, dc, dtile, dcPrev []float32, stride int) {
	k.Kernel.Backward(rows, saved, cPrev, dh, dc, dtile, dcPrev, stride)
	k.poison(dtile, dcPrev)
}

func (k poisonedKernel) poison(arrays ...[]float32) {
	for _, array := range arrays {
		for i := range array {
			if i%BlockUnits >= k.hidden {
				array[i] = float32(math.NaN())
			}
		}
	}
}

// brokenKernel describes itself as it is told.
type brokenKernel struct {
	lstmKernel
	leaves, saved    int
	input, recurrent [][]int
}

func (k brokenKernel) Name() string                      { return "broken" }
func (k brokenKernel) Leaves() int                       { return k.leaves }
func (k brokenKernel) Saved() int                        { return k.saved }
func (k brokenKernel) Slots() (input, recurrent [][]int) { return k.input, k.recurrent }

func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }
func tanh(x float32) float32    { return float32(math.Tanh(float64(x))) }
