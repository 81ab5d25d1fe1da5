package runtime

import "math"

// vec is a vector, or a matrix row by row, in float64, and its cotangent.
type vec struct {
	v, d []float64
	mask []float64 // nil, or what products with matrices multiply it by before
}

func newVec(n int) *vec { return &vec{v: make([]float64, n), d: make([]float64, n)} }

// masked is x times its mask.
func (t *tape) masked(x *vec) *vec {
	if x.mask == nil {
		return x
	}
	return t.mul(x, &vec{v: x.mask, d: make([]float64, len(x.mask))})
}

// tape is what the references of general cells are written with: it remembers operations, to
// go back through them. It knows no layers, stages or blocks.
type tape struct{ back []func() }

func (t *tape) reverse() {
	for i := len(t.back) - 1; i >= 0; i-- {
		t.back[i]()
	}
}

// mat is M·x; M has as many columns as x has values.
func (t *tape) mat(m, x *vec) *vec {
	x = t.masked(x)
	cols := len(x.v)
	y := newVec(len(m.v) / cols)
	for r := range y.v {
		for c := range cols {
			y.v[r] += m.v[r*cols+c] * x.v[c]
		}
	}
	t.back = append(t.back, func() {
		for r := range y.v {
			for c := range cols {
				m.d[r*cols+c] += y.d[r] * x.v[c]
				x.d[c] += y.d[r] * m.v[r*cols+c]
			}
		}
	})
	return y
}

// matT is Mᵀ·x.
func (t *tape) matT(m, x *vec) *vec {
	x = t.masked(x)
	rows := len(x.v)
	cols := len(m.v) / rows
	y := newVec(cols)
	for r := range rows {
		for c := range cols {
			y.v[c] += m.v[r*cols+c] * x.v[r]
		}
	}
	t.back = append(t.back, func() {
		for r := range rows {
			for c := range cols {
				m.d[r*cols+c] += y.d[c] * x.v[r]
				x.d[r] += y.d[c] * m.v[r*cols+c]
			}
		}
	})
	return y
}

// each applies a function and its derivative, given x and y.
func (t *tape) each(x *vec, f func(float64) float64, df func(x, y float64) float64) *vec {
	y := newVec(len(x.v))
	for i, v := range x.v {
		y.v[i] = f(v)
	}
	t.back = append(t.back, func() {
		for i := range y.d {
			x.d[i] += y.d[i] * df(x.v[i], y.v[i])
		}
	})
	return y
}

func (t *tape) tanh(x *vec) *vec {
	return t.each(x, math.Tanh, func(_, y float64) float64 { return 1 - y*y })
}

func (t *tape) sigmoid(x *vec) *vec {
	return t.each(x, sigmoid64, func(_, y float64) float64 { return y * (1 - y) })
}

// affine is a·x + b.
func (t *tape) affine(a float64, x *vec, b float64) *vec {
	return t.each(x, func(v float64) float64 { return a*v + b }, func(_, _ float64) float64 { return a })
}

func (t *tape) add(first *vec, others ...*vec) *vec {
	sum := newVec(len(first.v))
	all := append([]*vec{first}, others...)
	for _, x := range all {
		for i := range sum.v {
			sum.v[i] += x.v[i]
		}
	}
	t.back = append(t.back, func() {
		for _, x := range all {
			for i := range sum.d {
				x.d[i] += sum.d[i]
			}
		}
	})
	return sum
}

// mul is the elementwise product; one number multiplies all.
func (t *tape) mul(a, b *vec) *vec {
	y := newVec(max(len(a.v), len(b.v)))
	for i := range y.v {
		y.v[i] = a.v[i%len(a.v)] * b.v[i%len(b.v)]
	}
	t.back = append(t.back, func() {
		for i := range y.d {
			a.d[i%len(a.v)] += y.d[i] * b.v[i%len(b.v)]
			b.d[i%len(b.v)] += y.d[i] * a.v[i%len(a.v)]
		}
	})
	return y
}

// blend is g·a + (1−g)·b.
func (t *tape) blend(g, a, b *vec) *vec { return t.add(t.mul(g, a), t.mul(t.affine(-1, g, 1), b)) }
