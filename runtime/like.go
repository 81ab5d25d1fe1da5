package runtime

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/initial"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// role is what a parameter does in a cell.
type role int

const (
	roleNone      role = iota // a vector or a number that kernels read
	roleBias                  // is added to products
	roleInput                 // multiplies x, or another input
	roleRecurrent             // multiplies a state, or something else that is added to a product with x
	roleOther                 // multiplies what the step has computed, such as a projection
)

// part is a parameter's part in its cell.
type part struct {
	role
	of       int  // place of the value that it multiplies
	products int  // that a bias is added to
	rest     bool // whether it only occurs in a sum, and is not the first there
}

// parts returns the part of every parameter.
func (l *layout) parts() []part {
	parts := make([]part, len(l.Params))
	for _, s := range l.stages {
		for _, p := range slices.Concat(s.products, s.biases) {
			for slot := 0; slot < len(p.sums) && p.home >= 0; slot++ {
				for i, param := range p.sums[slot] {
					parts[param] = l.partIn(p, p.first+slot)
					parts[param].rest = i > 0
				}
			}
		}
	}
	return parts
}

// partIn returns the part of the parameters that a product has in a slot.
func (l *layout) partIn(p *linear, slot int) part {
	products, ofInput := 0, false
	for _, q := range p.stage.products {
		if q.has(slot) {
			products++
			ofInput = ofInput || q.of < l.stateAt()
		}
	}
	switch {
	case p.of < 0:
		return part{role: roleBias, products: max(1, products)}
	case p.of < l.stateAt():
		return part{role: roleInput, of: p.of}
	case p.of < l.operandAt() || ofInput:
		return part{role: roleRecurrent, of: p.of}
	}
	return part{role: roleOther, of: p.of}
}

// drawLike draws the parameters that a framework has, and marks them.
func (l *layout) drawLike(random *rand.Rand, framework string, w Weights, drawn []bool) error {
	parts := l.parts()
	for i, p := range parts {
		switch {
		case drawn[i] || p.role == roleNone:
		case p.rest: // 0
			drawn[i] = true
		case p.role == roleBias:
			drawn[i] = l.drawBias(random, framework, w, i, p.products)
		default:
			if err := l.drawMatrix(random, framework, w, parts, i, drawn); err != nil {
				return err
			}
		}
	}
	return nil
}

// drawBias draws a bias, unless it begins with a constant of the cell's own.
func (l *layout) drawBias(random *rand.Rand, framework string, w Weights, param, products int) bool {
	if framework == initial.PyTorch {
		b := matrix.New(make([]float32, l.size(param)), 1, l.size(param))
		initial.UniformSum(random, l.torchLimit(), products, b)
		l.outside(w, param).set(b)
		return true
	}
	return l.Params[param].Initial.Name != kernel.Constant // 0
}

// drawMatrix draws a matrix and those that the framework has in one with it.
func (l *layout) drawMatrix(random *rand.Rand, framework string, w Weights, parts []part, param int, drawn []bool) error {
	name, args, params := kernel.GlorotUniform, []float64(nil), []int{param}
	switch {
	case framework == initial.PyTorch:
		name, args = kernel.Uniform, []float64{l.torchLimit()}
	case parts[param].role == roleRecurrent:
		name, params = kernel.Orthogonal, l.alike(parts, param)
	case parts[param].role == roleInput:
		params = l.alike(parts, param)
	}
	rows, units := l.homes[l.place[param].home].rows, 0
	for _, i := range params {
		units += l.homes[l.place[i].home].units
	}
	m, first := matrix.New(make([]float32, rows*units), rows, units), 0
	if err := initial.DrawTransposed(random, name, args, m); err != nil {
		return err
	}
	for _, i := range params {
		n := l.homes[l.place[i].home].units
		l.outside(w, i).set(m.Columns(first, n))
		first, drawn[i] = first+n, true
	}
	return nil
}

// torchLimit returns the limit of PyTorch's uniform distributions.
func (l *layout) torchLimit() float64 { return 1 / math.Sqrt(float64(l.hidden)) }

// alike returns the matrices that Keras has in one with a matrix: those that multiply the same
// input, or values of one width besides. (r ⊙ h has its matrix in one with h.)
func (l *layout) alike(parts []part, param int) (params []int) {
	this := parts[param]
	for i, p := range parts {
		same := p.of == this.of || p.role == roleRecurrent && l.values[p.of].units == l.values[this.of].units
		if p.role == this.role && same && !p.rest {
			params = append(params, i)
		}
	}
	return params
}
