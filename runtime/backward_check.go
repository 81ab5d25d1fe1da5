package runtime

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/check"
)

// checkBackward finds the layer's part of the gradients.
func (l *Layer) checkBackward(ws *Workspace, ds *State, dy, dx []float32, params Params) error {
	if ws.inference {
		return fmt.Errorf("the workspace is for inference: make one with NewWorkspace")
	}
	if !ws.held {
		return fmt.Errorf("the workspace holds no forward pass")
	}
	if ds != nil {
		if err := l.checkState(ds); err != nil {
			return err
		}
		if ds.batch != ws.batch {
			return fmt.Errorf("batch is %d in the state and %d in the Forward that the workspace holds", ds.batch, ws.batch)
		}
	}
	if dx != nil {
		if err := check.Len("dx", len(dx), "steps·batch·input", ws.steps, ws.batch, l.input); err != nil {
			return err
		}
	}
	if dy != nil {
		if err := check.Len("dy", len(dy), l.outName, ws.steps, ws.batch, l.out.units); err != nil {
			return err
		}
	}
	if err := l.findGradients(ws.gradients, params); err != nil {
		return err
	}
	return l.checkBackwardOverlap(ws, ds, check.Of("dy", dy), check.Of("dx", dx))
}

// checkBackwardOverlap returns an error if arrays overlap that must not.
func (l *Layer) checkBackwardOverlap(ws *Workspace, ds *State, dy, dx check.Array) error {
	ws.apart = append(ws.apart[:0], check.Of("x", ws.x))
	for i, values := range ws.gradients {
		ws.apart = append(ws.apart, check.Of(l.gradientNames[i], values))
	}
	if err := ds.apartFrom(ws.apart...); err != nil {
		return err
	}
	ws.apart[0] = dx // written, as the gradients are
	for _, written := range ws.apart {
		if err := written.ApartFrom(l.exposed); err != nil {
			return err
		}
	}
	ws.apart = append(ws.apart, dy)
	for i := range ws.apart[1:] { // the gradients come after dy and dx, for messages
		j := len(ws.apart) - 1 - i
		ws.apart[j], ws.apart[j-1] = ws.apart[j-1], ws.apart[j]
	}
	for _, array := range ws.apart {
		if err := array.ApartFrom(ws.named); err != nil {
			return err
		}
	}
	if err := ds.apartFromAll(ws.named); err != nil {
		return err
	}
	return ds.apartFrom(ws.apart...)
}
