package runtime

import (
	"fmt"
	"math"

	"github.com/cellgen/cellgen/runtime/kernel"
)

// lstmKernel is the textbook LSTM, whose five leaves are merged into the four slots i, g, o
// (leaves 2 and 3) and f: c_t = f·c_{t−1} + i·g, h_t = o·tanh(c_t).
type lstmKernel struct{ bias bool }

func (k lstmKernel) Describe() kernel.Description {
	slots := [][]int{{0}, {1}, {2, 3}, {4}}
	return describe("lstm", 5, k.bias, 5, slots, slots) // saved: i g o f tanh(c)
}

func (lstmKernel) Forward(_ int, b *kernel.Block) {
	for r := range b.Rows {
		tile, saved := b.Tile[r*64:][:64], b.Saved[r*80:][:80]
		cPrev, h, c := b.Prev[1][r*b.Stride:][:16], b.Next[0][r*b.Stride:][:16], b.Next[1][r*b.Stride:][:16]
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

func (lstmKernel) Backward(_ int, b *kernel.Block) {
	for r := range b.Rows {
		dtile, saved := b.DTile[r*64:][:64], b.Saved[r*80:][:80]
		cPrev, dh := b.Prev[1][r*b.Stride:][:16], b.DNext[0][r*b.Stride:][:16]
		dc, dcPrev := b.DNext[1][r*b.Stride:][:16], b.DPrev[1][r*b.Stride:][:16]
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

// mixedKernel has slots of every kind: leaf 0 adds, and leaves 1 and 2 multiply,
// p = (x·W) · (h·U + b), and come in another order on the recurrent side.
// a = σ(p_0), c_t = a·c_{t−1} + p_1, h_t = a·tanh(c_t) + p_2.
type mixedKernel struct{ bias bool }

func (k mixedKernel) Describe() kernel.Description {
	// saved: x_1 x_2 a r_2 r_1 tanh(c)
	return describe("mixed", 3, k.bias, 6, [][]int{{1}, {2}, {0}, {}, {}}, [][]int{{}, {}, {0}, {2}, {1}})
}

func (mixedKernel) Forward(_ int, b *kernel.Block) {
	for r := range b.Rows {
		tile, saved := b.Tile[r*80:][:80], b.Saved[r*96:][:96]
		cPrev, h, c := b.Prev[1][r*b.Stride:][:16], b.Next[0][r*b.Stride:][:16], b.Next[1][r*b.Stride:][:16]
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

func (mixedKernel) Backward(_ int, b *kernel.Block) {
	for r := range b.Rows {
		dtile, saved := b.DTile[r*80:][:80], b.Saved[r*96:][:96]
		cPrev, dh := b.Prev[1][r*b.Stride:][:16], b.DNext[0][r*b.Stride:][:16]
		dc, dcPrev := b.DNext[1][r*b.Stride:][:16], b.DPrev[1][r*b.Stride:][:16]
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

// poisonedKernel leaves NaN in every padded lane that it may write to, as a cell that
// divides might. There is one block: hidden is below 16.
type poisonedKernel struct {
	kernel.Cell
	hidden int
}

func (k poisonedKernel) Forward(stage int, b *kernel.Block) {
	k.Cell.Forward(stage, b)
	k.poison(b.Saved, b.Next[0], b.Next[1])
}

func (k poisonedKernel) Backward(stage int, b *kernel.Block) {
	k.Cell.Backward(stage, b)
	k.poison(b.DTile, b.DPrev[1])
}

func (k poisonedKernel) poison(arrays ...[]float32) {
	for _, array := range arrays {
		for i := range array {
			if i%kernel.Units >= k.hidden {
				array[i] = float32(math.NaN())
			}
		}
	}
}

// brokenKernel has whatever description it is given.
type brokenKernel struct {
	lstmKernel
	kernel.Description
}

func (k brokenKernel) Describe() kernel.Description { return k.Description }

// describe returns the description of a cell with the states h and c, given the leaves that
// are summed into each slot on the input side and on the recurrent side.
func describe(name string, leaves int, bias bool, saved int, input, recurrent [][]int) kernel.Description {
	d := kernel.Description{
		Name: name,
		States: []kernel.State{
			{Name: "h", Width: kernel.Hidden, Output: true},
			{Name: "c", Width: kernel.Hidden, Elementwise: true},
		},
	}
	for leaf := range leaves {
		d.Params = append(d.Params,
			kernel.Matrix(fmt.Sprint("W", leaf), kernel.Hidden, kernel.Input, kernel.GlorotUniform),
			kernel.Matrix(fmt.Sprint("U", leaf), kernel.Hidden, kernel.Hidden, kernel.GlorotUniform))
	}
	for leaf := 0; bias && leaf < leaves; leaf++ {
		d.Params = append(d.Params, kernel.Vector(fmt.Sprint("b", leaf), kernel.Hidden, kernel.Constant, 0))
	}
	products := []kernel.Product{
		product(kernel.X, input, func(leaf int) int { return 2 * leaf }),
		product("h", recurrent, func(leaf int) int { return 2*leaf + 1 }),
	}
	if bias {
		products = append(products, product(kernel.One, recurrent, func(leaf int) int { return 2*leaves + leaf }))
	}
	d.Stages = []kernel.Stage{{Width: kernel.Hidden, Slots: len(input), Products: products, Saved: saved}}
	return d
}

func product(operand string, slots [][]int, param func(leaf int) int) kernel.Product {
	p := kernel.Product{Operand: operand, First: -1}
	for slot, leaves := range slots {
		if len(leaves) == 0 {
			continue
		}
		if p.First < 0 {
			p.First = slot
		}
		var sum []int
		for _, leaf := range leaves {
			sum = append(sum, param(leaf))
		}
		p.Sums = append(p.Sums, sum)
	}
	return p
}

func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }
func tanh(x float32) float32    { return float32(math.Tanh(float64(x))) }
