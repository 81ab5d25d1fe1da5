package runtime

import (
	"math"
)

// reference is a recurrent cell in float64, straight from the definition: leaf by leaf and
// with nested loops. It shares no code, layout or merging with a Layer.
type reference struct {
	leaves   int
	forward  func(x, r []float64, c float64) (h, cNext float64)
	backward func(x, r []float64, c, dh, dc float64) (dx, dr []float64, dcPrev float64)
}

var lstmReference = reference{
	leaves: 5,
	forward: func(x, r []float64, c float64) (h, cNext float64) {
		i, g := sigmoid64(x[0]+r[0]), math.Tanh(x[1]+r[1])
		o, f := sigmoid64(x[2]+r[2]+x[3]+r[3]), sigmoid64(x[4]+r[4])
		cNext = f*c + i*g
		return o * math.Tanh(cNext), cNext
	},
	backward: func(x, r []float64, c, dh, dc float64) (dx, dr []float64, dcPrev float64) {
		i, g := sigmoid64(x[0]+r[0]), math.Tanh(x[1]+r[1])
		o, f := sigmoid64(x[2]+r[2]+x[3]+r[3]), sigmoid64(x[4]+r[4])
		tc := math.Tanh(f*c + i*g)
		dc += dh * o * (1 - tc*tc)
		do := dh * tc * o * (1 - o)
		d := []float64{dc * g * i * (1 - i), dc * i * (1 - g*g), do, do, dc * c * f * (1 - f)}
		return d, d, dc * f
	},
}

var mixedReference = reference{
	leaves: 3,
	forward: func(x, r []float64, c float64) (h, cNext float64) {
		a := sigmoid64(x[0] + r[0])
		cNext = a*c + x[1]*r[1]
		return a*math.Tanh(cNext) + x[2]*r[2], cNext
	},
	backward: func(x, r []float64, c, dh, dc float64) (dx, dr []float64, dcPrev float64) {
		a := sigmoid64(x[0] + r[0])
		tc := math.Tanh(a*c + x[1]*r[1])
		dc += dh * a * (1 - tc*tc)
		da := (dh*tc + dc*c) * a * (1 - a)
		return []float64{da, dc * r[1], dh * r[2]}, []float64{da, dc * x[1], dh * x[2]}, dc * a
	},
}

func sigmoid64(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// problem is everything that a sequence's outputs and gradients depend on, and these.
type problem struct {
	steps, batch, input, hidden int
	x, h0, c0                   []float64
	kernel, recurrent, bias     []float64 // nil if there is none
	dy, dh, dc                  []float64
	y, h, c                     []float64 // results from here on
	dx, dh0, dc0                []float64
	dkernel, drecurrent, dbias  []float64
	xs, rs, cs                  [][]float64 // for each step, row and unit
	hPrevs                      [][]float64 // for each step
}

// run computes p's outputs.
func (ref reference) run(p *problem) {
	columns := ref.leaves * p.hidden
	h, c := append([]float64(nil), p.h0...), append([]float64(nil), p.c0...)
	p.y, p.xs, p.rs, p.cs, p.hPrevs = nil, nil, nil, nil, nil
	for t := range p.steps {
		p.hPrevs = append(p.hPrevs, append([]float64(nil), h...))
		p.cs = append(p.cs, append([]float64(nil), c...))
		for b := range p.batch {
			for unit := range p.hidden {
				x, r := make([]float64, ref.leaves), make([]float64, ref.leaves)
				for leaf := range ref.leaves {
					column := leaf*p.hidden + unit
					for d := range p.input {
						x[leaf] += p.x[(t*p.batch+b)*p.input+d] * p.kernel[d*columns+column]
					}
					for k := range p.hidden {
						r[leaf] += p.hPrevs[t][b*p.hidden+k] * p.recurrent[k*columns+column]
					}
					if p.bias != nil {
						r[leaf] += p.bias[column]
					}
				}
				p.xs, p.rs = append(p.xs, x), append(p.rs, r)
				i := b*p.hidden + unit
				h[i], c[i] = ref.forward(x, r, c[i])
			}
		}
		p.y = append(p.y, h...)
	}
	p.h, p.c = h, c
}

// gradients computes p's gradients after run.
func (ref reference) gradients(p *problem) {
	columns := ref.leaves * p.hidden
	p.dx = make([]float64, len(p.x))
	p.dkernel, p.drecurrent = make([]float64, len(p.kernel)), make([]float64, len(p.recurrent))
	p.dbias = make([]float64, len(p.bias))
	dh, dc := append([]float64(nil), p.dh...), append([]float64(nil), p.dc...)
	for t := p.steps - 1; t >= 0; t-- {
		dhPrev := make([]float64, len(dh))
		for b := range p.batch {
			for unit := range p.hidden {
				i := b*p.hidden + unit
				at := t*p.batch*p.hidden + i
				dx, dr, dcPrev := ref.backward(p.xs[at], p.rs[at], p.cs[t][i], dh[i]+p.dy[at], dc[i])
				dc[i] = dcPrev
				for leaf := range ref.leaves {
					column := leaf*p.hidden + unit
					for d := range p.input {
						j := (t*p.batch+b)*p.input + d
						p.dx[j] += dx[leaf] * p.kernel[d*columns+column]
						p.dkernel[d*columns+column] += dx[leaf] * p.x[j]
					}
					for k := range p.hidden {
						j := b*p.hidden + k
						dhPrev[j] += dr[leaf] * p.recurrent[k*columns+column]
						p.drecurrent[k*columns+column] += dr[leaf] * p.hPrevs[t][j]
					}
					if p.bias != nil {
						p.dbias[column] += dr[leaf]
					}
				}
			}
		}
		dh = dhPrev
	}
	p.dh0, p.dc0 = dh, dc
}

// loss is the scalar that p's gradients are of.
func (p *problem) loss() float64 {
	return dot(p.y, p.dy) + dot(p.h, p.dh) + dot(p.c, p.dc)
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
