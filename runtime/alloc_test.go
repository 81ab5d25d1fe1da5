package runtime

import "testing"

// No method allocates once its workspace exists, at sizes large enough that
// gonum's product, left alone, would.
func TestNoAllocations(t *testing.T) {
	for _, size := range []struct{ batch, input, hidden int }{{1, 3, 17}, {3, 300, 16}, {64, 512, 512}} {
		l := must(NewLayer(lstmKernel{bias: true}, size.input, size.hidden))
		const steps = 2
		ws, s, g := must(l.NewWorkspace(steps, size.batch)), must(l.NewState(size.batch)), l.NewGradients()
		x, y := make([]float32, steps*len(s.H)/size.hidden*size.input), make([]float32, steps*len(s.H))
		d := must(NewDense(size.hidden, 200))
		logits, dg := make([]float32, steps*size.batch*200), d.NewGradients()
		targets := make([]int, steps*size.batch)
		e := must(NewEmbedding(9, size.input))
		eg, adam, sgd := e.NewGradients(), NewAdam(0.1), NewSGD(0.1)
		params := append(append(l.Params(g), d.Params(dg)...), e.Params(eg)...)
		for name, call := range map[string]func() error{
			"Forward":  func() error { return l.Forward(ws, s, x, y) },
			"Backward": func() error { check(l.Forward(ws, s, x, y)); return l.Backward(ws, s, y, x, g) },
			"Step":     func() error { return l.Step(ws, s, x[:len(x)/steps], y[:len(y)/steps]) },
			"Dense":    func() error { check(d.Forward(y, logits)); return d.Backward(y, logits, y, dg) },
			"Embedding": func() error {
				check(e.Forward(targets, x))
				return e.Backward(targets, x, eg)
			},
			"Loss": func() error { _, err := SoftmaxCrossEntropy(logits, 200, targets, logits); return err },
			"Clip": func() error { _, err := ClipGradients(params, 1); return err },
			"Adam": func() error { return adam.Step(params) },
			"SGD":  func() error { return sgd.Step(params) },
		} {
			check(call()) // optimizers make their state
			if n := testing.AllocsPerRun(2, func() { check(call()) }); n != 0 {
				t.Errorf("%s at %v allocates %v times", name, size, n)
			}
		}
	}
}
