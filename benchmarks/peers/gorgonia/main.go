// Command gorgonia is the peers' worker for Gorgonia, which is written in Go. It is a module
// of its own, so that the project does not depend on Gorgonia.
package main

import (
	"fmt"
	"os"

	"github.com/cellgen/cellgen/benchmarks/peers/wire"
	g "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func main() {
	if err := wire.Serve(os.Stdin, os.Stdout, "0.9.18", setup); err != nil {
		fmt.Fprintln(os.Stderr, "gorgonia:", err)
		os.Exit(1)
	}
}

const leaves = 8

// network is NASCell, unrolled. Every leaf has its own matrices, and every step its own
// products: the gradient of a slice would take as long as the gradient of the whole.
type network struct {
	wire.Case
	graph   *g.ExprGraph
	vm      g.VM
	w, u    [leaves]*g.Node
	x, y    []*g.Node
	h0, c0  *g.Node
	c       *g.Node
	results []g.Value // c, then every y
	grads   g.Nodes   // of h0, c0, w, u, x
}

func setup(c wire.Case, in map[string][]float32) (wire.Runner, error) {
	n := &network{Case: c, graph: g.NewGraph()}
	rows := c.Batch * c.Hidden
	n.h0, n.c0 = n.matrix("h0", c.Batch, in["h0"]), n.matrix("c0", c.Batch, in["c0"])
	for i := range leaves {
		n.w[i] = n.matrix(fmt.Sprint("w", i), c.Hidden, columns(in["kernel"], i, c.Hidden))
		n.u[i] = n.matrix(fmt.Sprint("u", i), c.Hidden, columns(in["recurrent"], i, c.Hidden))
	}
	h := n.h0
	n.c = n.c0
	for t := range c.Steps {
		x := n.matrix(fmt.Sprint("x", t), c.Batch, in["x"][t*rows:][:rows])
		h, n.c = n.step(x, h, n.c)
		n.x, n.y = append(n.x, x), append(n.y, h)
	}
	n.results = make([]g.Value, 1+len(n.y))
	for i, node := range append([]*g.Node{n.c}, n.y...) {
		g.Read(node, &n.results[i])
	}
	if c.Mode == wire.Forward {
		n.vm = g.NewTapeMachine(n.graph)
		return n, nil
	}
	wrt := append(g.Nodes{n.h0, n.c0}, n.w[:]...)
	wrt = append(append(wrt, n.u[:]...), n.x...)
	grads, err := g.Grad(n.loss(in), wrt...)
	n.grads, n.vm = grads, g.NewTapeMachine(n.graph, g.BindDualValues(wrt...))
	return n, err
}

// step computes one step, by the paper's equations.
func (n *network) step(x, h, c *g.Node) (h1, c1 *g.Node) {
	sigmoid, tanh, relu := apply(g.Sigmoid), apply(g.Tanh), apply(g.Rectify)
	var a [leaves]*g.Node
	activations := [leaves]func(*g.Node) *g.Node{sigmoid, relu, sigmoid, relu, tanh, sigmoid, tanh, sigmoid}
	for i := range a {
		combine := add
		if i == 3 {
			combine = mul
		}
		a[i] = activations[i](combine(g.Must(g.Mul(x, n.w[i])), g.Must(g.Mul(h, n.u[i]))))
	}
	a8 := tanh(mul(a[0], a[1]))
	a9 := tanh(add(a[2], a[3]))
	a10 := tanh(mul(a[4], a[5]))
	a11 := sigmoid(add(a[6], a[7]))
	c1 = mul(tanh(add(a8, c)), a9)
	return tanh(mul(c1, tanh(add(a10, a11)))), c1
}

func apply(f func(*g.Node) (*g.Node, error)) func(*g.Node) *g.Node {
	return func(x *g.Node) *g.Node { return g.Must(f(x)) }
}

func add(x, y *g.Node) *g.Node { return g.Must(g.Add(x, y)) }
func mul(x, y *g.Node) *g.Node { return g.Must(g.HadamardProd(x, y)) }

// loss returns the loss whose gradients are the case's cotangents.
func (n *network) loss(in map[string][]float32) *g.Node {
	rows := n.Batch * n.Hidden
	loss := g.Must(g.Sum(mul(n.c, n.matrix("dc", n.Batch, in["dc"]))))
	for t, y := range n.y {
		dy := n.matrix(fmt.Sprint("dy", t), n.Batch, in["dy"][t*rows:][:rows])
		loss = add(loss, g.Must(g.Sum(mul(y, dy))))
	}
	return loss
}

func (n *network) matrix(name string, rows int, values []float32) *g.Node {
	t := tensor.New(tensor.WithShape(rows, n.Hidden), tensor.WithBacking(values))
	return g.NewMatrix(n.graph, tensor.Float32, g.WithShape(rows, n.Hidden), g.WithName(name), g.WithValue(t))
}

// Run implements wire.Runner.
func (n *network) Run() error {
	n.vm.Reset()
	return n.vm.RunAll()
}

// Outputs implements wire.Runner.
func (n *network) Outputs() (map[string][]float32, error) {
	if err := n.Run(); err != nil {
		return nil, err
	}
	out := map[string][]float32{"c": n.results[0].Data().([]float32)}
	for _, y := range n.results[1:] {
		out["y"] = append(out["y"], y.Data().([]float32)...)
	}
	if n.Mode == wire.Forward {
		return out, nil
	}
	of := func(node *g.Node) []float32 {
		v, err := node.Grad()
		if err != nil {
			panic(err)
		}
		return v.Data().([]float32)
	}
	out["dh0"], out["dc0"] = of(n.h0), of(n.c0)
	size := leaves * n.Hidden * n.Hidden
	out["dkernel"], out["drecurrent"] = make([]float32, size), make([]float32, size)
	for i := range leaves {
		putColumns(out["dkernel"], of(n.w[i]), i, n.Hidden)
		putColumns(out["drecurrent"], of(n.u[i]), i, n.Hidden)
	}
	for _, x := range n.x {
		out["dx"] = append(out["dx"], of(x)...)
	}
	return out, nil
}

// columns returns a leaf's columns of a matrix in TensorFlow's layout; putColumns puts them
// back.
func columns(m []float32, leaf, hidden int) []float32 {
	var c []float32
	for i := range hidden {
		c = append(c, m[(i*leaves+leaf)*hidden:][:hidden]...)
	}
	return c
}

func putColumns(m, c []float32, leaf, hidden int) {
	for i := range hidden {
		copy(m[(i*leaves+leaf)*hidden:], c[i*hidden:][:hidden])
	}
}
