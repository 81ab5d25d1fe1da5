package child

import (
	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/language"
)

// fit finds the largest number of units whose model has no more parameters than the study allows;
// 0 if not even one unit has.
func (t *Trainer) fit(c *cells.Cell) (*fitted, error) {
	f := &fitted{Cell: c}
	o := t.setup.options(Task{}, 1).Options
	symbols := t.texts.vocabulary.Len()
	if n, err := language.Parameters(c, symbols, o); err != nil || n > t.setup.Parameters {
		return f, err
	}
	var err error
	if f.hidden, err = language.Fit(c, symbols, o, t.setup.Parameters); err != nil {
		return nil, err
	}
	o.Hidden = f.hidden
	f.parameters, err = language.Parameters(c, symbols, o)
	return f, err
}
