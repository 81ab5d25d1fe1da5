package nn

import (
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestStackParts expects an error that names the part, for parts that cannot be made.
func TestStackParts(t *testing.T) {
	for want, parts := range map[string][]Part{
		"NewStack: no parts":                                                                                  nil,
		"NewStack: part 1: it is empty":                                                                       {Linear(3), {}},
		"NewStack: part 0: Residual: no parts":                                                                {Residual()},
		"NewStack: part 1: Residual: x has width 3, and what is added to it 4":                                {Linear(3), Residual(Linear(4))},
		"NewStack: part 0: Residual: part 1: nn: NewDense: output is 0, want at least 1":                      {Residual(Linear(3), Linear(0))},
		"NewStack: part 0: Dropout: rate is 1, want a number in [0, 1)":                                       {Dropout(1)},
		"NewStack: part 0: VariationalDropout: rate is -0.1, want a number in [0, 1)":                         {VariationalDropout(-0.1)},
		"NewStack: part 0: Dropout: rate is NaN, want a number in [0, 1)":                                     {Dropout(math.NaN())},
		"NewStack: part 0: runtime: GRU NewLayer: hidden is 0, want at least 1":                               {Recurrent(gru.New, 0)},
		"NewStack: part 1: Tied needs an embedding: the first part must be Embed":                             {Linear(3), Tied()},
		"NewStack: part 2: Tied: x has width 5, the embedding 4: a Linear before it can map one to the other": {Embed(4), Linear(5), Tied()},
		"NewStack: part 0: RecurrentDropout: rate is 1, want a number in [0, 1)":                              {RecurrentDropout(1, Recurrent(gru.New, 3))},
		"NewStack: part 0: RecurrentDropout: it is empty":                                                     {RecurrentDropout(0.5, Part{})},
		"NewStack: part 0: nil cell":                                                                          {Recurrent(nil, 4)},
		"NewStack: part 0: runtime: GRU NewLayer: workers is -1, want at least 0":                             {Recurrent(gru.New, 4, runtime.Workers(-1))},
		"NewStack: part 1: Embed is only for the first part of a stack":                                       {Linear(3), Embed(4)},
		"NewStack: part 0: Residual: part 0: Embed is only for the first part of a stack":                     {Residual(Embed(3))},
		"NewStack: part 0: nn: NewEmbedding: width is 0, want at least 1":                                     {Embed(0)},
	} {
		_, err := NewStack(3, parts)
		if err == nil || err.Error() != "nn: "+want {
			t.Errorf("error %v, want nn: %s", err, want)
		}
	}
	other := func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error) {
		return gru.New(input+1, hidden, options...)
	}
	_, err := NewStack(3, []Part{Recurrent(other, 4)})
	checkError(t, err, "NewStack: part 0: GRU: the layer takes rows of 4 values, want 3")
	_, err = NewStack(0, []Part{Linear(3)})
	checkError(t, err, "NewStack: input is 0, want at least 1")
}

// TestStackIsChecked expects errors, and no change, from calls with something wrong.
func TestStackIsChecked(t *testing.T) {
	const steps, batch, input, output = 3, 2, 4, 5
	parts := []Part{Recurrent(gru.New, 6), Linear(output)}
	k, other := testkit.Must(NewStack(input, parts)), testkit.Must(NewStack(input, parts))
	tokens := testkit.Must(NewStack(input, append([]Part{Embed(3)}, parts...)))
	ws, s, ds := testkit.Must(k.NewWorkspace(steps, batch)), testkit.Must(k.NewState(batch)), testkit.Must(k.NewState(batch))
	tws, ts := testkit.Must(tokens.NewWorkspace(steps, batch)), testkit.Must(tokens.NewState(batch))
	iws := testkit.Must(k.NewInference(steps, batch))
	params, tparams := k.Params("").WithGradients(), tokens.Params("").WithGradients()
	v := func(n int) []float32 { return make([]float32, n) }
	x, y, dy, dx := v(steps*batch*input), testkit.Garbage(steps*batch*output), v(steps*batch*output), v(steps*batch*input)
	bias := params[len(params)-1]
	for want, call := range map[string]func() error{
		"Stack Forward: nil workspace":                        func() error { return k.Forward(nil, s, x, y) },
		"Stack Forward: nil state":                            func() error { return k.Forward(ws, nil, x, y) },
		"Stack Forward: workspace of another stack":           func() error { return other.Forward(ws, s, x, y) },
		"Stack Forward: state of another stack":               func() error { return k.Forward(ws, testkit.Must(other.NewState(2)), x, y) },
		"the state has 3 rows, the workspace has room for 2":  func() error { return k.Forward(ws, testkit.Must(k.NewState(3)), x, y) },
		"x has 23 values, want steps·batch·input = steps·2·4": func() error { return k.Forward(ws, s, x[1:], y) },
		"there are 4 steps, the workspace has room for 3":     func() error { return k.Forward(ws, s, v(32), v(40)) },
		"y has 29 values, want steps·batch·output = 3·2·5":    func() error { return k.Forward(ws, s, x, y[1:]) },
		"x has 0 values": func() error { return k.Forward(ws, s, nil, nil) },
		"Stack Step: x has 24 values, want batch·input = 2·4":             func() error { return k.Step(ws, s, x, y) },
		"Stack ForwardLengths: lengths has 0 rows, want 2":                func() error { return k.ForwardLengths(ws, s, x, y, nil) },
		"the length of row 1 is 4, want 0 to 3":                           func() error { return k.ForwardLengths(ws, s, x, y, []int{0, 4}) },
		"the length of row 0 is -1, want 0 to 3":                          func() error { return k.ForwardLengths(ws, s, x, y, []int{-1, 3}) },
		"Stack ForwardTokens: the stack takes x, not tokens":              func() error { return k.ForwardTokens(ws, s, []int{1, 2}, y, nil) },
		"Stack Forward: the stack takes tokens, not x: use ForwardTokens": func() error { return tokens.Forward(tws, ts, x, y) },
		"tokens has 3 values, want steps·batch = steps·2":                 func() error { return tokens.ForwardTokens(tws, ts, []int{1, 2, 3}, y, nil) },
		"tokens[1] is 4, there are 4 tokens in the vocabulary":            func() error { return tokens.ForwardTokens(tws, ts, []int{0, 4}, y[:10], nil) },
		"tokens[0] is -1, there are 4 tokens in the vocabulary":           func() error { return tokens.ForwardTokens(tws, ts, []int{-1, 4}, y[:10], []int{1, 0}) },
		"y overlaps x": func() error { return k.Forward(ws, s, y[:24], y) },
		"y overlaps layer1.bias": func() error {
			return k.Forward(testkit.Must(k.NewWorkspace(1, 1)), testkit.Must(k.NewState(1)), x[:4], bias.Value)
		},
		"state layer0.h overlaps x":                                  func() error { return k.Forward(ws, s, s.Of("layer0.h")[:8], y[:10]) },
		"state layer0.h overlaps y":                                  func() error { return k.Forward(ws, s, x[:8], s.Of("layer0.h")[:10]) },
		"Stack Backward: the workspace holds no forward pass":        func() error { return k.Backward(ws, nil, dy, dx, params) },
		"the workspace is for inference: make one with NewWorkspace": func() error { return k.Backward(iws, nil, dy, dx, params) },
	} {
		checkError(t, call(), want)
	}
	for _, v := range slices.Concat(s.Of("layer0.h"), dy) {
		if v != 0 {
			t.Fatal("something was written")
		}
	}
	testkit.Check(k.Forward(ws, s, x, y))
	testkit.Check(tokens.ForwardTokens(tws, ts, []int{1, 2, 3, 0, 1, 2}, y, nil))
	overlapping := func(i int, values []float32) runtime.Params {
		p := slices.Clone(params)
		p[i].Grad = values
		return p
	}
	last := len(params) - 1
	for want, call := range map[string]func() error{
		"batch is 1 in the state and 2 in the Forward that the workspace holds": func() error { return k.Backward(ws, testkit.Must(k.NewState(1)), dy, dx, params) },
		"dx has 23 values, want steps·batch·input = 3·2·4":                      func() error { return k.Backward(ws, ds, dy, dx[1:], params) },
		"dy has 0 values, want steps·batch·output = 3·2·5":                      func() error { return k.Backward(ws, ds, v(0), dx, params) },
		"the parameters have no gradients of this stack's layer0.Wr":            func() error { return k.Backward(ws, ds, dy, dx, nil) },
		"the parameters have no gradients of this stack's layer1.kernel":        func() error { return k.Backward(ws, ds, dy, dx, params[:last-1]) },
		"Stack Backward: dx must be nil: the stack takes tokens, not x":         func() error { return tokens.Backward(tws, nil, dy, dx, tparams) },
		"Stack Backward: state of another stack":                                func() error { return k.Backward(ws, ts, dy, dx, params) },
		"dx overlaps dy":                                                        func() error { return k.Backward(ws, ds, dy, dy[:24], params) },
		"gradients of layer1.bias overlaps dy":                                  func() error { return k.Backward(ws, ds, dy, dx, overlapping(last, dy[:5])) },
		"gradients of layer1.bias overlaps dx":                                  func() error { return k.Backward(ws, ds, dy, dx, overlapping(last, dx[:5])) },
		"gradients of layer1.bias overlaps x":                                   func() error { return k.Backward(ws, ds, dy, dx, overlapping(last, x[:5])) },
		"gradients of layer1.bias overlaps layer1.bias":                         func() error { return k.Backward(ws, ds, dy, dx, overlapping(last, bias.Value)) },
		"gradients of layer1.bias overlaps gradients of layer1.kernel":          func() error { return k.Backward(ws, ds, dy, dx, overlapping(last, params[last-1].Grad[:5])) },
		"dx overlaps layer1.kernel":                                             func() error { return k.Backward(ws, ds, dy, params[last-1].Value[:24], params) },
		"state layer0.h overlaps dx":                                            func() error { return k.Backward(ws, withArray(ds, dx), dy, dx, params) },
		"state layer0.h overlaps x":                                             func() error { return k.Backward(ws, withArray(ds, x), dy, dx, params) },
	} {
		checkError(t, call(), want)
	}
	for _, p := range params {
		if slices.ContainsFunc(p.Grad, func(v float32) bool { return v != 0 }) {
			t.Fatalf("gradients of %s were written", p.Name)
		}
	}
	testkit.Check(k.Backward(ws, ds, dy, dx, params))
	testkit.Check(k.Step(ws, s, x[:8], y[:10]))
	checkError(t, k.Backward(ws, nil, y[:10], nil, params), "holds no forward pass")
	both := testkit.Must(NewStack(input, []Part{Linear(input), Residual(Bidirectional(gru.New, input/2))}))
	checkError(t, both.Step(testkit.Must(both.NewWorkspace(1, 1)), testkit.Must(both.NewState(1)), x[:4], y[:4]), "Stack Step: layer1 goes backward through whole sequences")
	_, err := k.NewWorkspace(0, 1)
	checkError(t, err, "Stack NewWorkspace: steps is 0, want at least 1")
	_, err = k.NewInference(1, -1)
	checkError(t, err, "Stack NewInference: batch is -1, want at least 1")
	_, err = k.NewState(0)
	checkError(t, err, "Stack NewState: batch is 0, want at least 1")
}

// withArray returns a state whose array is, as far as the check can tell, another.
func withArray(s *State, array []float32) *State {
	s = s.Clone()
	s.arrays[0].Data = array
	return s
}
