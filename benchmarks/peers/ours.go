package main

import (
	"fmt"
	"os"

	"github.com/cellgen/cellgen/benchmarks/peers/wire"
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
	cell   *cell
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
	cell, err := cellNamed(c.Cell)
	if err != nil {
		return nil, err
	}
	for _, a := range cell.given(c) {
		if len(in[a.Name]) != a.Len() {
			return nil, fmt.Errorf("%s has %d values, want %d", a.Name, len(in[a.Name]), a.Len())
		}
	}
	whole, err := cell.layer(c.Hidden, c.Hidden) // the layer chooses its workers, by GOMAXPROCS
	if err != nil {
		return nil, err
	}
	if err := whole.Import(cell.weights(in, c.Hidden)); err != nil {
		return nil, err
	}
	j := &subject{Case: c, cell: cell, layer: whole, whole: whole, in: in, params: whole.Params("layer").WithGradients()}
	if half {
		if j.layer, err = whole.Half(); err != nil {
			return nil, err
		}
	}
	return j, j.allocate()
}

// allocate makes the arrays, and fills the arrays of the inputs beside x.
func (j *subject) allocate() (err error) {
	j.y, j.dx = make([]float32, len(j.in["x"])), make([]float32, len(j.in["x"]))
	newWorkspace := j.layer.NewInference // as the other frameworks' forward passes
	if j.Mode == wire.Both {
		newWorkspace = j.layer.NewWorkspace
	}
	if j.ws, err = newWorkspace(j.Steps, j.Batch); err != nil {
		return err
	}
	for _, name := range j.cell.inputs {
		copy(j.ws.Input(name), j.in[name])
	}
	for _, s := range []**runtime.State{&j.s, &j.ds, &j.stream} {
		if *s, err = j.layer.NewState(j.Batch); err != nil {
			return err
		}
	}
	return nil
}

// start sets the states to the initial ones.
func (j *subject) start() {
	for _, name := range j.cell.states {
		copy(j.s.Of(name), j.in[name+"0"])
	}
}

// Run implements wire.Runner.
func (j *subject) Run() error {
	x := j.in["x"]
	if j.Mode == wire.Step {
		return j.layer.Step(j.ws, j.stream, x[:j.Batch*j.Hidden], nil)
	}
	j.start()
	err := j.layer.Forward(j.ws, j.s, x, j.y)
	if err != nil || j.Mode == wire.Forward {
		return err
	}
	j.ds.Zero() // the cotangent of the last output is in dy
	for _, name := range j.cell.last() {
		copy(j.ds.Of(name), j.in["d"+name])
	}
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
	out := j.ends()
	if j.Mode != wire.Both {
		return out, nil
	}
	g, err := j.whole.Gradients(j.params)
	if err != nil {
		return nil, err
	}
	for name, values := range j.cell.gradients(g, j.Hidden) {
		out["d"+name] = values
	}
	for _, name := range j.cell.states {
		out["d"+name+"0"] = j.ds.Of(name)
	}
	for _, name := range j.cell.inputs {
		out["d"+name] = j.ws.InputGradient(name)
	}
	out["dx"] = j.dx
	return out, nil
}

// ends returns y, and the last states that are not y.
func (j *subject) ends() map[string][]float32 {
	out := map[string][]float32{"y": j.y}
	for _, name := range j.cell.last() {
		out[name] = j.s.Of(name)
	}
	return out
}

func (j *subject) stepByStep() (map[string][]float32, error) {
	j.start()
	row := j.Batch * j.Hidden
	for i := 0; i < len(j.y); i += row {
		if err := j.layer.Step(j.ws, j.s, j.in["x"][i:i+row], j.y[i:i+row]); err != nil {
			return nil, err
		}
	}
	return j.ends(), nil
}
