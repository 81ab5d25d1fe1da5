package nn

import (
	"errors"
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/check"
)

// Forward runs the stack over the sequence x [T][B][D] and writes the outputs to y [T][B][O].
// B is the rows of s; T follows from the length of x and is at least 1. ws must have room for
// both; it may have room for more, which changes no bit. s has the states before the first step
// on entry, and after the last on return.
//
// Unless ws is for inference it keeps what Backward needs, and a reference to x, which must not
// change until Backward has returned.
//
// It is an error, and nothing changes, if ws or s is another stack's, if the stack takes tokens,
// if a size does not fit, if another goroutine is using ws or s, if x, y and the arrays of s
// overlap, or if y overlaps the weights.
func (k *stackCore) Forward(ws *Workspace, s *State, x, y []float32) error {
	return k.run("Forward", ws, s, arguments{x: x, y: y})
}

// ForwardLengths is Forward with a number of steps for each row, lengths [B], from 0 to T.
// Beyond its end a row's states stay as they are and its y is zero, whatever x has there, NaN
// included; Backward takes no notice of dy there, and sets dx to zero. So every row has the
// results, bit for bit, that it has alone and as long as it is. It is an error if lengths has
// another size or a number out of range; others are as in Forward.
func (k *stackCore) ForwardLengths(ws *Workspace, s *State, x, y []float32, lengths []int) error {
	return k.run("ForwardLengths", ws, s, arguments{x: x, y: y, lengths: lengths, ends: true})
}

// ForwardTokens is Forward, for a stack that begins with Embed, over tokens [T][B]; if lengths
// is not nil it is ForwardLengths. Tokens beyond the end of a row may be any numbers. It is an
// error if one before is out of range.
func (k *stackCore) ForwardTokens(ws *Workspace, s *State, tokens []int, y []float32, lengths []int) error {
	return k.run("ForwardTokens", ws, s, arguments{tokens: tokens, y: y, lengths: lengths, ends: lengths != nil, embeds: true})
}

// Step runs the stack for one step on x [B][D], with the same results as Forward bit for bit.
// ws holds no Forward for Backward afterwards. It is an error if the stack has a part that goes
// through sequences backward; others are as in Forward.
func (k *stackCore) Step(ws *Workspace, s *State, x, y []float32) error {
	return k.run("Step", ws, s, arguments{x: x, y: y, step: true})
}

// StepTokens is Step, for a stack that begins with Embed, on tokens [B]. It is an error if one is
// out of range.
func (k *stackCore) StepTokens(ws *Workspace, s *State, tokens []int, y []float32) error {
	return k.run("StepTokens", ws, s, arguments{tokens: tokens, y: y, embeds: true, step: true})
}

// CheckSteps returns an error if the stack has a part that goes through sequences backward, so
// that it cannot take them step by step.
func (k *stackCore) CheckSteps() error {
	if k.whole != "" {
		return errors.New(k.whole)
	}
	return nil
}

// arguments are the arguments of a forward pass.
type arguments struct {
	x, y         []float32
	tokens       []int
	lengths      []int
	embeds, ends bool // whether there are tokens, and lengths
	step         bool // whether there must be one step
}

func (k *stackCore) run(method string, ws *Workspace, s *State, a arguments) error {
	err := k.use(ws, s)
	if err == nil {
		defer ws.release(s)
		var steps int
		if steps, err = k.checkForward(ws, s, a); err == nil {
			err = ws.forward(s, steps, a)
		}
	}
	if err != nil {
		return k.wrap(method, err)
	}
	return nil
}

// forward runs all parts.
func (ws *Workspace) forward(s *State, steps int, a arguments) error {
	ws.held = false
	ws.steps, ws.batch, ws.s, ws.x = steps, s.Rows(), s, a.x
	ws.tokens = append(ws.tokens[:0], a.tokens...)
	ws.lengths.Set(a.lengths, ws.steps)
	copy(ws.sequences, s.sequences)
	if err := ws.work.forward(a.x, a.y); err != nil {
		return err
	}
	ws.clearEnds(a.y, ws.stack.output())
	for row := range s.sequences {
		s.sequences[row].step += uint64(ws.lengths.Of(row, ws.steps))
	}
	ws.held = !ws.inference && !a.step
	return nil
}

// checkForward returns T.
func (k *stackCore) checkForward(ws *Workspace, s *State, a arguments) (int, error) {
	if s == nil {
		return 0, fmt.Errorf("%w state", check.ErrNil)
	}
	if s.Rows() > ws.maxBatch {
		return 0, fmt.Errorf("the state has %d rows, the workspace has room for %d", s.Rows(), ws.maxBatch)
	}
	steps, err := k.countSteps(s.Rows(), a)
	if err != nil {
		return 0, err
	}
	if steps > ws.maxSteps {
		return 0, fmt.Errorf("there are %d steps, the workspace has room for %d", steps, ws.maxSteps)
	}
	if err := check.Len("y", len(a.y), "steps·batch·output", steps, s.Rows(), k.output()); err != nil {
		return 0, err
	}
	if a.ends {
		err = check.CheckLengths(a.lengths, s.Rows(), steps)
	}
	if err == nil {
		err = k.checkTokens(s.Rows(), a)
	}
	if err != nil {
		return 0, err
	}
	return steps, k.checkForwardOverlap(s, check.Of("x", a.x), check.Of("y", a.y))
}

// countSteps returns T.
func (k *stackCore) countSteps(batch int, a arguments) (int, error) {
	switch {
	case a.embeds && k.embedding == nil:
		return 0, errors.New("the stack takes x, not tokens")
	case !a.embeds && k.embedding != nil:
		return 0, errors.New("the stack takes tokens, not x: use " + map[bool]string{false: "ForwardTokens", true: "StepTokens"}[a.step])
	case a.step && k.whole != "":
		return 0, k.CheckSteps()
	case a.step && a.embeds:
		return 1, check.Len("tokens", len(a.tokens), "batch", batch)
	case a.embeds:
		return check.Rows("tokens", len(a.tokens), "steps·batch", batch)
	case a.step:
		return 1, check.Len("x", len(a.x), "batch·input", batch, k.input)
	}
	return check.Rows("x", len(a.x), "steps·batch·input", batch, k.input)
}

// checkTokens returns an error if a token before the end of its row is out of range.
func (k *stackCore) checkTokens(batch int, a arguments) error {
	for i, token := range a.tokens {
		if (token < 0 || token >= k.input) && !(a.ends && i/batch >= a.lengths[i%batch]) {
			return fmt.Errorf("tokens[%d] is %d, there are %d tokens in the vocabulary", i, token, k.input)
		}
	}
	return nil
}

func (k *stackCore) checkForwardOverlap(s *State, x, y check.Array) error {
	err := y.ApartFrom(k.exposed)
	if err == nil {
		err = check.Apart(x, y)
	}
	for i := 0; err == nil && i < len(s.arrays); i++ {
		err = s.arrays[i].ApartFrom([]check.Array{x, y})
	}
	return err
}
