package nn

import (
	"testing"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// besideCell is pairCell with an input beside x.
type besideCell struct{ pairCell }

func (c besideCell) Describe() kernel.Description {
	d := c.pairCell.Describe()
	d.Inputs = []kernel.ExtraInput{{Name: "u", Width: kernel.Hidden}}
	return d
}

// TestStackRefusesInputs expects an error for a cell that reads more than x.
func TestStackRefusesInputs(t *testing.T) {
	beside := func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error) {
		return runtime.NewLayer(besideCell{}, input, hidden, options...)
	}
	_, err := NewStack(3, []Part{Linear(2), Bidirectional(beside, 4)})
	checkError(t, err, "NewStack: part 1: pair reads the input u beside x, which a stack does not have")
}

// statelessCell is pairCell with an output that is not its state.
type statelessCell struct{ pairCell }

func (c statelessCell) Describe() kernel.Description {
	d := c.pairCell.Describe()
	d.States[0].Output, d.Output, d.Stages[0].Output = false, kernel.Hidden, true
	return d
}

// TestRecurrentDropoutNeedsAState expects an error for a cell whose output is not a state.
func TestRecurrentDropoutNeedsAState(t *testing.T) {
	cell := func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error) {
		return runtime.NewLayer(statelessCell{}, input, hidden, options...)
	}
	if _, err := NewStack(3, []Part{RecurrentDropout(0, Recurrent(cell, 4))}); err != nil {
		t.Error(err)
	}
	_, err := NewStack(3, []Part{RecurrentDropout(0.1, Recurrent(cell, 4))})
	checkError(t, err, "NewStack: part 0: RecurrentDropout: pair: its output is not a state")
}
