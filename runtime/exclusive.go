package runtime

import (
	"fmt"
	"slices"
)

// Acquire marks the gradients of a part's values, or all gradients if it is given none, as in
// use until Release. It is an error, and none are marked, if some are in use. Only gradients
// that WithGradients has made can be marked. Like Gradient it is meant for those who write
// layers of their own: what Backward adds to and optimizers read has one user at a time.
func (p Params) Acquire(values ...[]float32) error {
	for i, param := range p {
		if param.inUse != nil && p.first(i, values) && !param.inUse.CompareAndSwap(false, true) {
			p[:i].Release(values...)
			return fmt.Errorf("the gradients of %s are in use by another goroutine", param.Name)
		}
	}
	return nil
}

// Release ends the use that Acquire, given the same values, has begun.
func (p Params) Release(values ...[]float32) {
	for i, param := range p {
		if param.inUse != nil && p.first(i, values) {
			param.inUse.Store(false)
		}
	}
}

// first reports whether a parameter is the first of a value that is among values, or of any
// value if there are none.
func (p Params) first(i int, values [][]float32) bool {
	among := func(value []float32) bool { return same(p[i].Value, value) }
	again := func(other Param) bool { return other.inUse == p[i].inUse }
	return (len(values) == 0 || slices.ContainsFunc(values, among)) && !slices.ContainsFunc(p[:i], again)
}

// same reports whether two arrays are one.
func same(a, b []float32) bool { return len(a) > 0 && len(a) == len(b) && &a[0] == &b[0] }

// use marks a workspace and a state, unless it is nil, as in use until release. It is an
// error if ws is not one of this layer, or if a goroutine is using one of them.
func (c *core) use(ws *Workspace, s *State) error {
	if err := c.checkWorkspace(ws); err != nil {
		return err
	}
	if !ws.inUse.CompareAndSwap(false, true) {
		return fmt.Errorf("the workspace is in use by another goroutine")
	}
	if s != nil && !s.inUse.CompareAndSwap(false, true) {
		ws.inUse.Store(false)
		return fmt.Errorf("the state is in use by another goroutine")
	}
	return nil
}

// release ends use.
func (ws *Workspace) release(s *State) {
	if s != nil {
		s.inUse.Store(false)
	}
	ws.inUse.Store(false)
}
