package nn

import (
	"strings"
	"sync/atomic"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// State is what a [Stack] or a [HalfStack] carries from step to step: the states of its recurrent layers, and
// which values of its rows are dropped. For Backward, a State holds the cotangents of these
// states.
type State struct {
	stack     *stackCore
	layers    []*runtime.State
	arrays    []check.Array
	sequences []sequence // [B]
	inUse     atomic.Bool
}

// NewState returns the state at the start of sequences, for a batch of rows: each call that is
// given the state has as many. It is an error if batch is below 1 or too large.
func (k *stackCore) NewState(batch int) (*State, error) {
	s := &State{stack: k}
	err := check.Positive("batch", batch)
	for _, l := range k.layers {
		if err == nil {
			var of *runtime.State
			of, err = l.NewState(batch)
			s.layers = append(s.layers, of)
		}
	}
	if err == nil {
		err = matrix.Fit([]matrix.Allocation{{Sizes: []int{batch, 4}}}) // the sequences
	}
	if err != nil {
		return nil, k.wrap("NewState", err)
	}
	s.sequences = make([]sequence, batch)
	s.nameArrays()
	return s, nil
}

// nameArrays finds the arrays of all layers.
func (s *State) nameArrays() {
	for _, name := range s.Names() {
		s.arrays = append(s.arrays, check.Of("state "+name, s.Of(name)))
	}
}

// Train begins training: from here on, [Dropout] and the like drop values in every Forward with
// this state, unless its workspace is for inference. A state that Train has not been called on
// never does. Which values are dropped follows from the seed, the row, the
// number of steps that the row has taken since, and the place of the part in the stack:
// the same seed drops the same, whether a sequence is given at once or in chunks, and whatever
// the workspace. Reset and ResetRows begin sequences in which other values are dropped; Clone,
// Gather and Scatter also copy whether a row drops values, and which.
func (s *State) Train(seed uint64) {
	for row := range s.sequences {
		s.sequences[row] = sequence{drops: true, key: mix(mix(seed) + uint64(row))}
	}
}

// Of returns the array [B][H] of a state by its name, such as "layer0.h", or "layer1.backward.c"
// of a layer with two directions. The caller may read and write it. It is nil if there is no
// such state.
func (s *State) Of(name string) []float32 {
	for i, l := range s.stack.layers {
		if state, ok := strings.CutPrefix(name, l.name+"."); ok {
			if array := s.layers[i].Of(state); array != nil {
				return array
			}
		}
	}
	return nil
}

// Names returns the names of the states, in the order of the layers.
func (s *State) Names() []string {
	var names []string
	for i, l := range s.stack.layers {
		for _, state := range s.layers[i].Names() {
			names = append(names, l.name+"."+state)
		}
	}
	return names
}

// Rows returns the number of batch rows.
func (s *State) Rows() int { return len(s.sequences) }

// Reset begins new sequences: it sets every state to the value that its cell starts with.
func (s *State) Reset() {
	for _, l := range s.layers {
		l.Reset()
	}
	for row := range s.sequences {
		s.sequences[row].restart()
	}
}

// Zero sets all states to 0, which is what cotangents start with.
func (s *State) Zero() {
	for _, l := range s.layers {
		l.Zero()
	}
}

// restart begins another sequence, with a key of its own.
func (q *sequence) restart() { *q = sequence{drops: q.drops, key: mix(q.key)} }
