// Package harness runs generated cells for cellgen check. The command builds a
// program of generated packages and this one, sends it inputs and compares what
// it answers with the interpreter.
package harness

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/cellgen/cellgen/runtime"
)

// New is a generated package's constructor.
type New = func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error)

// Request asks for a run of one of the cells over a sequence, on a set of vectors or,
// for none, on each.
type Request struct {
	Cell, Vectors string
	Inputs
}

// Reply has the outputs of a run on each set of vectors, and the backend that
// computed the products, or says why there are none.
type Reply struct {
	Variants       []Variant
	Backend, Error string
}

// Variant is the outputs that one set of vectors computed, or says why there are none.
type Variant struct {
	Vectors, Error string
	Outputs
}

// Inputs is what the interpreter's Inputs is: time-major arrays and weights in
// TensorFlow's layout, all float32 numbers.
type Inputs struct {
	Steps, Batch, Input, Hidden int

	X                       []float64
	H0, C0                  []float64
	Kernel, Recurrent, Bias []float64
	DH, DC                  []float64
}

// Outputs is what a run yields; see the interpreter's Outputs.
type Outputs struct {
	H, C                       []float64
	DX, DH0, DC0               []float64
	DKernel, DRecurrent, DBias []float64
	Kink                       float64
}

// Main answers requests from standard input, one after the other, on standard
// output, until there are no more. It does not return.
func Main(cells map[string]New) {
	in, out := gob.NewDecoder(os.Stdin), gob.NewEncoder(os.Stdout)
	for {
		var q Request
		err := in.Decode(&q)
		if errors.Is(err, io.EOF) {
			os.Exit(0)
		}
		var reply Reply
		if err == nil {
			reply = answer(cells, &q)
			err = out.Encode(reply)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "harness:", err)
			os.Exit(1)
		}
	}
}

func answer(cells map[string]New, q *Request) Reply {
	build := cells[q.Cell]
	if build == nil {
		return Reply{Error: fmt.Sprintf("no cell %q", q.Cell)}
	}
	reply := Reply{Backend: runtime.Backend()}
	sets := runtime.VectorSets()
	if q.Vectors != "" {
		sets = []string{q.Vectors}
	}
	for _, vectors := range sets {
		v := Variant{Vectors: vectors}
		err := runtime.UseVectors(vectors)
		if err == nil {
			var out *Outputs
			if out, err = Run(build, &q.Inputs); err == nil {
				v.Outputs = *out
			}
		}
		if err != nil {
			v.Error = err.Error()
		}
		reply.Variants = append(reply.Variants, v)
	}
	return reply
}

// Run takes a layer over the sequence step by step, in two chunks and whole,
// requires that the three agree bit for bit, where the backend's sums are
// Ordered, and goes back.
func Run(build New, in *Inputs) (*Outputs, error) {
	layer, err := build(in.Input, in.Hidden)
	if err != nil {
		return nil, err
	}
	w := runtime.Weights{Kernel: narrow(in.Kernel), Recurrent: narrow(in.Recurrent), Bias: narrow(in.Bias)}
	if err := layer.Import(w); err != nil {
		return nil, err
	}
	ws, err := layer.NewWorkspace(in.Steps, in.Batch)
	if err != nil {
		return nil, err
	}
	r := &runner{Inputs: in, layer: layer, ws: ws, x: narrow(in.X)}
	h, c, err := r.steps()
	if err != nil {
		return nil, err
	}
	for _, first := range []int{in.Steps / 2, 0} { // whole last: backward needs it
		y, s, err := r.chunks(first)
		if err != nil {
			return nil, err
		}
		if !runtime.Ordered() {
			continue
		}
		if !slices.EqualFunc(y, h, sameBits) || !slices.EqualFunc(s.C, c[len(c)-len(s.C):], sameBits) {
			return nil, fmt.Errorf("a sequence in chunks of %d and %d steps differs from step by step", first, in.Steps-first)
		}
	}
	out := &Outputs{H: widen(h), C: widen(c)}
	return out, r.backward(out)
}

type runner struct {
	*Inputs
	layer *runtime.Layer
	ws    *runtime.Workspace
	x     []float32
}

func (r *runner) start() *runtime.State {
	return &runtime.State{H: narrow(r.H0), C: narrow(r.C0)}
}

// steps returns h and c after every step.
func (r *runner) steps() (h, c []float32, err error) {
	s, width := r.start(), r.Batch*r.Input
	for t := range r.Steps {
		if err := r.layer.Step(r.ws, s, r.x[t*width:][:width], nil); err != nil {
			return nil, nil, err
		}
		h, c = append(h, s.H...), append(c, s.C...)
	}
	return h, c, nil
}

// chunks returns h after every step and the last state, of a run whose first
// chunk has the given number of steps, which may be 0.
func (r *runner) chunks(first int) ([]float32, *runtime.State, error) {
	s, units := r.start(), r.Batch*r.Hidden
	y := make([]float32, r.Steps*units)
	x := r.x
	at := first * units
	if first > 0 {
		if err := r.layer.Forward(r.ws, s, x[:first*r.Batch*r.Input], y[:at]); err != nil {
			return nil, nil, err
		}
	}
	return y, s, r.layer.Forward(r.ws, s, x[first*r.Batch*r.Input:], y[at:])
}

func (r *runner) backward(out *Outputs) error {
	g := r.layer.NewGradients()
	ds := &runtime.State{H: make([]float32, r.Batch*r.Hidden), C: narrow(r.DC)}
	dx := make([]float32, len(r.X))
	if err := r.layer.Backward(r.ws, ds, narrow(r.DH), dx, g); err != nil {
		return err
	}
	w := g.Export()
	out.DX, out.DH0, out.DC0 = widen(dx), widen(ds.H), widen(ds.C)
	out.DKernel, out.DRecurrent, out.DBias = widen(w.Kernel), widen(w.Recurrent), widen(w.Bias)
	return nil
}

func sameBits(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }

func narrow(x []float64) []float32 {
	if x == nil {
		return nil
	}
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

func widen(x []float32) []float64 {
	if x == nil {
		return nil
	}
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}
