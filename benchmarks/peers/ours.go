package main

import (
	"fmt"
	"os"

	"github.com/cellgen/cellgen/benchmarks/peers/wire"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/runtime"
)

// serveOurs is the worker for cellgen, with weights of float32 or float16.
func serveOurs(weights string) error {
	return wire.Serve(os.Stdin, os.Stdout, runtime.Backend(), func(c wire.Case, in map[string][]float32) (wire.Runner, error) {
		return newSubject(c, in, weights == "float16")
	})
}

// layer is what layers of both weights do.
type layer interface {
	Forward(ws *runtime.Workspace, s *runtime.State, x, y []float32) error
	Step(ws *runtime.Workspace, s *runtime.State, x, y []float32) error
	NewState(batch int) (*runtime.State, error)
	NewWorkspace(steps, batch int) (*runtime.Workspace, error)
}

// subject is a layer with all that a case takes.
type subject struct {
	wire.Case
	layer  layer
	whole  *runtime.Layer
	in     map[string][]float32
	y, dx  []float32
	s, ds  *runtime.State
	ws     *runtime.Workspace
	g      *runtime.Gradients
	stream *runtime.State
}

func newSubject(c wire.Case, in map[string][]float32, half bool) (*subject, error) {
	for _, a := range c.Inputs() {
		if len(in[a.Name]) != a.Len() {
			return nil, fmt.Errorf("%s has %d values, want %d", a.Name, len(in[a.Name]), a.Len())
		}
	}
	whole, err := nascell.New(c.Hidden, c.Hidden) // workers: as the layer chooses, given GOMAXPROCS
	if err != nil {
		return nil, err
	}
	if err := whole.Import(runtime.Weights{Kernel: in["kernel"], Recurrent: in["recurrent"]}); err != nil {
		return nil, err
	}
	j := &subject{Case: c, layer: whole, whole: whole, in: in, g: whole.NewGradients()}
	if half {
		if j.layer, err = whole.Half(); err != nil {
			return nil, err
		}
	}
	j.y, j.dx = make([]float32, len(in["x"])), make([]float32, len(in["x"]))
	if j.ws, err = j.layer.NewWorkspace(c.Steps, c.Batch); err != nil {
		return nil, err
	}
	for _, s := range []**runtime.State{&j.s, &j.ds, &j.stream} {
		if *s, err = j.layer.NewState(c.Batch); err != nil {
			return nil, err
		}
	}
	return j, nil
}

// Run implements wire.Runner.
func (j *subject) Run() error {
	x := j.in["x"]
	if j.Mode == wire.Step {
		return j.layer.Step(j.ws, j.stream, x[:j.Batch*j.Hidden], nil)
	}
	copy(j.s.H, j.in["h0"])
	copy(j.s.C, j.in["c0"])
	err := j.layer.Forward(j.ws, j.s, x, j.y)
	if err != nil || j.Mode == wire.Forward {
		return err
	}
	clear(j.ds.H) // the cotangent of the last h is in dy
	copy(j.ds.C, j.in["dc"])
	j.g.Zero()
	return j.whole.Backward(j.ws, j.ds, j.in["dy"], j.dx, j.g)
}

// Outputs implements wire.Runner.
func (j *subject) Outputs() (map[string][]float32, error) {
	if j.Mode == wire.Step {
		return j.stepByStep()
	}
	if err := j.Run(); err != nil {
		return nil, err
	}
	out := map[string][]float32{"y": j.y, "c": j.s.C}
	if j.Mode == wire.Both {
		g := j.g.Export()
		out["dx"], out["dh0"], out["dc0"] = j.dx, j.ds.H, j.ds.C
		out["dkernel"], out["drecurrent"] = g.Kernel, g.Recurrent
	}
	return out, nil
}

func (j *subject) stepByStep() (map[string][]float32, error) {
	copy(j.s.H, j.in["h0"])
	copy(j.s.C, j.in["c0"])
	row := j.Batch * j.Hidden
	for i := 0; i < len(j.y); i += row {
		if err := j.layer.Step(j.ws, j.s, j.in["x"][i:i+row], j.y[i:i+row]); err != nil {
			return nil, err
		}
	}
	return map[string][]float32{"y": j.y, "c": j.s.C}, nil
}
