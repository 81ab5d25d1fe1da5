package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/initial"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// drawing is an initialiser with its arguments.
type drawing struct {
	initialiser string
	args        []float64
}

// drawn is a parameter that is drawn.
type drawn struct {
	name   string
	kind   initial.Kind
	values matrix.Float // a vector's as one row
	own    func(random *rand.Rand, m matrix.Float)
	like   map[string]drawing // by framework
}

// draw draws the parameters of a part, one after the other. It is an error, and nothing changes, if
// an option is wrong.
func (o *options) draw(params ...drawn) error {
	chosen, err := o.choose(params)
	if err != nil {
		return err
	}
	random := initial.Random(o.seed)
	for i, p := range params {
		switch as := chosen[i]; {
		case as.initialiser == "":
			p.own(random, p.values)
		case p.kind == initial.Vector:
			err = initial.DrawVector(random, as.initialiser, as.args, p.values.Data)
		default:
			err = initial.DrawTransposed(random, as.initialiser, as.args, p.values)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// choose returns how each parameter is drawn; an empty name stands for its own way.
func (o *options) choose(params []drawn) ([]drawing, error) {
	if err := initial.CheckFramework(o.like); err != nil {
		return nil, err
	}
	var names []string
	chosen := make([]drawing, len(params))
	for i, p := range params {
		names, chosen[i] = append(names, p.name), p.like[o.like]
	}
	for _, asked := range o.initials {
		i := slices.Index(names, asked.param)
		if i < 0 {
			return nil, fmt.Errorf("Initial(%q, …): no such parameter%s", asked.param, check.Nearest(asked.param, names, ", but "))
		}
		if err := initial.Check(params[i].kind, asked.initialiser, asked.args); err != nil {
			return nil, fmt.Errorf("Initial(%q, …): %w", asked.param, err)
		}
		chosen[i] = asked.drawing
	}
	return chosen, nil
}

// checkStack returns an error unless the options are a stack's.
func (o *options) checkStack() error {
	if len(o.initials) > 0 {
		return fmt.Errorf("Initial(%q, …) is for a part, such as Linear: give it there", o.initials[0].param)
	}
	return initial.CheckFramework(o.like)
}

// drawn returns how the kernel and the bias are drawn.
func (d *Dense) drawn() []drawn {
	torch := drawing{"uniform", []float64{1 / math.Sqrt(float64(d.input))}}
	glorot := func(random *rand.Rand, m matrix.Float) { initial.Glorot(random, m, d.input, d.output) }
	return []drawn{
		{"kernel", initial.Matrix, d.matrix(d.kernel), glorot, map[string]drawing{
			initial.PyTorch: torch, initial.Keras: {"glorot_uniform", nil},
		}},
		{"bias", initial.Vector, matrix.New(d.bias, 1, d.output), func(*rand.Rand, matrix.Float) {}, map[string]drawing{
			initial.PyTorch: torch, initial.Keras: {"constant", []float64{0}},
		}},
	}
}

// drawn returns how the table is drawn.
func (e *Embedding) drawn() drawn {
	glorot := func(random *rand.Rand, m matrix.Float) { initial.Glorot(random, m, 1, e.width) }
	return drawn{"table", initial.Matrix, matrix.New(e.table, e.vocabulary, e.width), glorot, map[string]drawing{
		initial.PyTorch: {"normal", []float64{1}}, initial.Keras: {"uniform", []float64{0.05}},
	}}
}
