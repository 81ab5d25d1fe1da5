package child

import (
	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/runtime"
)

// fit finds the largest number of units whose model has no more parameters than the study allows.
func (t *Trainer) fit(c *cells.Cell) (*fitted, error) {
	f := &fitted{Cell: c}
	count := func(hidden int) (int, error) {
		m, err := runtime.Measure(c, t.setup.Embed, hidden, 1, 1)
		v := t.texts.vocabulary.Len()
		return v*t.setup.Embed + int(m.Values) + m.Output*v + v, err
	}
	lo, hi := 0, 1
	for {
		n, err := count(hi)
		if err != nil {
			return nil, err
		}
		if n > t.setup.Parameters {
			break
		}
		lo, f.parameters = hi, n
		hi *= 2
	}
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		n, err := count(mid)
		if err != nil {
			return nil, err
		}
		if n <= t.setup.Parameters {
			lo, f.parameters = mid, n
		} else {
			hi = mid
		}
	}
	f.hidden = lo
	return f, nil
}
