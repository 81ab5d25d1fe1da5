package nn

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// kind is a kind of part: which fields its description has, and the part that it stands for.
type kind struct {
	has  func(d *Description) bool
	make func(d *Description, l *loader) Part
}

// kinds are all kinds of parts, by their names in files.
var kinds map[string]kind

func init() {
	kinds = map[string]kind{
		"recurrent":     {isLayer, func(d *Description, l *loader) Part { return l.layer(d, Recurrent) }},
		"bidirectional": {isLayer, func(d *Description, l *loader) Part { return l.layer(d, Bidirectional) }},
		"linear": {func(d *Description) bool { return d.Output > 0 }, func(d *Description, l *loader) Part {
			return l.bounded(Linear(d.Output), func(input int) float64 { return float64(input) * float64(d.Output) })
		}},
		"embed": {func(d *Description) bool { return d.Width > 0 }, func(d *Description, l *loader) Part {
			return l.bounded(Embed(d.Width), func(vocabulary int) float64 { return float64(vocabulary) * float64(d.Width) })
		}},
		"tied":                {func(*Description) bool { return true }, func(*Description, *loader) Part { return Tied() }},
		"dropout":             {isRate, func(d *Description, _ *loader) Part { return Dropout(d.Rate) }},
		"variational_dropout": {isRate, func(d *Description, _ *loader) Part { return VariationalDropout(d.Rate) }},
		"residual": {func(d *Description) bool { return len(d.Parts) > 0 }, func(d *Description, l *loader) Part {
			return Residual(l.parts(d.Parts)...)
		}},
	}
}

func isLayer(d *Description) bool { return d.Cell != "" && d.Hidden > 0 }
func isRate(d *Description) bool  { return checkDropRate(d.Rate) == nil }

// check returns an error if the kind is unknown, or lacks a field.
func (d *Description) check() error {
	k, ok := kinds[d.Part]
	if !ok {
		return fmt.Errorf("unknown kind %q%s", d.Part, check.Nearest(d.Part, slices.Sorted(maps.Keys(kinds)), ", want one such as "))
	}
	if !k.has(d) {
		return fmt.Errorf("%s: fields are missing or out of range: %+v", d.Part, *d)
	}
	return nil
}

// New returns a stack that the model describes, with initial weights. The cells are those of
// generated packages, such as lstm.Kernel{}, in any order, and others beside them. Options are as
// in [NewStack].
//
// It is an error if the model has a cell that is not among them, and names what differs; others
// are as in [NewStack].
func (m *Model) New(cells []kernel.Cell, options ...Option) (*Stack, error) {
	k, err := m.newStack(cells, 0, options)
	if err != nil {
		return nil, fmt.Errorf("nn: Model New: %w", err)
	}
	return k, nil
}

// newStack returns the stack. A bound other than 0 is on the number of weights of a part.
func (m *Model) newStack(cells []kernel.Cell, bound float64, options []Option) (*Stack, error) {
	l := &loader{cells: make(map[string]kernel.Cell), bound: bound}
	for _, name := range slices.Sorted(maps.Keys(m.Cells)) {
		cell, err := m.find(name, cells)
		if err != nil {
			return nil, err
		}
		l.cells[name] = cell
	}
	return NewStack(m.Input, l.parts(m.Parts), options...)
}

// find returns the one of cells that has a name in the model.
func (m *Model) find(name string, cells []kernel.Cell) (kernel.Cell, error) {
	var given []string
	differs := ""
	for _, c := range cells {
		if c == nil {
			return nil, fmt.Errorf("%w cell", check.ErrNil)
		}
		d := c.Describe()
		own := name // of a cell without a source, which may be -2 and so on
		if m.Cells[name] != "" && m.Cells[name] == d.Source {
			own = d.Name
		}
		diff := diffCells(m.Cells[name], d.Source, own, d.Name)
		if diff == "" {
			return c, nil
		}
		if d.Name == name {
			differs = diff
		}
		given = append(given, d.Name)
	}
	if differs != "" {
		return nil, errors.New("the file has " + strings.Replace(differs, "want", "and the given one", 1))
	}
	if given == nil {
		return nil, fmt.Errorf("the file has the cell %s, and no cells are given", name)
	}
	return nil, fmt.Errorf("the file's cell %s is not among the given ones, %s", name, strings.Join(given, ", "))
}

// loader makes the parts that a model describes.
type loader struct {
	cells map[string]kernel.Cell
	bound float64
}

func (l *loader) parts(descriptions []Description) (parts []Part) {
	for _, d := range descriptions {
		if err := d.check(); err != nil {
			parts = append(parts, Part{func(*builder, int) (part, error) { return nil, err }})
			continue
		}
		parts = append(parts, kinds[d.Part].make(&d, l))
	}
	return parts
}

// layer returns a part of recurrent layers.
func (l *loader) layer(d *Description, of func(Cell, int, ...runtime.Option) Part) Part {
	cell := l.cells[d.Cell]
	if cell == nil {
		return Part{func(*builder, int) (part, error) { return nil, fmt.Errorf("unknown cell %q", d.Cell) }}
	}
	var options []runtime.Option
	for name, units := range d.Widths {
		options = append(options, runtime.Width(name, units))
	}
	p := of(func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error) {
		return runtime.NewLayer(cell, input, hidden, options...)
	}, d.Hidden, options...)
	if d.Rate > 0 {
		p = RecurrentDropout(d.Rate, p)
	}
	return l.bounded(p, func(input int) float64 {
		m, err := runtime.Measure(cell, input, d.Hidden, 1, 1, options...)
		if err != nil {
			return 0 // the part will say so
		}
		return m.Values
	})
}

// bounded returns the part, or an error in its place if it has more weights than the bound.
func (l *loader) bounded(p Part, weights func(input int) float64) Part {
	return Part{func(b *builder, input int) (part, error) {
		if n := weights(input); l.bound > 0 && n > l.bound {
			return nil, fmt.Errorf("it would have %.0f weights, and the file has %.0f in all", n, l.bound)
		}
		return p.build(b, input)
	}}
}
