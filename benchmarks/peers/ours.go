package main

import (
	"fmt"
	"os"

	"github.com/cellgen/cellgen/benchmarks/peers/wire"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/runtime"
)

// serveOurs is cellgen's worker, with float32 or float16 weights.
func serveOurs(weights string) error {
	return wire.Serve(os.Stdin, os.Stdout, runtime.Backend(), func(c wire.Case, in map[string][]float32) (wire.Runner, error) {
		return newSubject(c, in, weights == "float16")
	})
}

// subject is a layer with everything that a case takes.
type subject struct {
	wire.Case
	layer  runtime.Recurrent // with weights of either type
	whole  *runtime.Layer
	in     map[string][]float32
	y, dx  []float32
	s, ds  *runtime.State
	ws     *runtime.Workspace
	params runtime.Params
	stream *runtime.State
}

func newSubject(c wire.Case, in map[string][]float32, half bool) (*subject, error) {
	for _, a := range c.Inputs() {
		if len(in[a.Name]) != a.Len() {
			return nil, fmt.Errorf("%s has %d values, want %d", a.Name, len(in[a.Name]), a.Len())
		}
	}
	whole, err := nascell.New(c.Hidden, c.Hidden) // the layer chooses its workers, by GOMAXPROCS
	if err != nil {
		return nil, err
	}
	if err := whole.Import(runtime.Weights{Kernel: in["kernel"], Recurrent: in["recurrent"]}); err != nil {
		return nil, err
	}
	j := &subject{Case: c, layer: whole, whole: whole, in: in, params: whole.Params("layer").WithGradients()}
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
	copy(j.s.Of("h"), j.in["h0"])
	copy(j.s.Of("c"), j.in["c0"])
	err := j.layer.Forward(j.ws, j.s, x, j.y)
	if err != nil || j.Mode == wire.Forward {
		return err
	}
	clear(j.ds.Of("h")) // the cotangent of the last h is in dy
	copy(j.ds.Of("c"), j.in["dc"])
	j.params.Zero()
	return j.whole.Backward(j.ws, j.ds, j.in["dy"], j.dx, j.params)
}

// Outputs implements wire.Runner.
func (j *subject) Outputs() (map[string][]float32, error) {
	if j.Mode == wire.Step {
		return j.stepByStep()
	}
	if err := j.Run(); err != nil {
		return nil, err
	}
	out := map[string][]float32{"y": j.y, "c": j.s.Of("c")}
	if j.Mode == wire.Both {
		g, err := j.whole.Gradients(j.params)
		if err != nil {
			return nil, err
		}
		out["dx"], out["dh0"], out["dc0"] = j.dx, j.ds.Of("h"), j.ds.Of("c")
		out["dkernel"], out["drecurrent"] = g.Kernel, g.Recurrent
	}
	return out, nil
}

func (j *subject) stepByStep() (map[string][]float32, error) {
	copy(j.s.Of("h"), j.in["h0"])
	copy(j.s.Of("c"), j.in["c0"])
	row := j.Batch * j.Hidden
	for i := 0; i < len(j.y); i += row {
		if err := j.layer.Step(j.ws, j.s, j.in["x"][i:i+row], j.y[i:i+row]); err != nil {
			return nil, err
		}
	}
	return map[string][]float32{"y": j.y, "c": j.s.Of("c")}, nil
}
