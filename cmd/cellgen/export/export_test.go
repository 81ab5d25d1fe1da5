package export

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/cellgen/interpreted"
	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
	"github.com/cellgen/cellgen/runtime/nn"
	"github.com/cellgen/cellgen/runtime/onnx"
	"github.com/cellgen/cellgen/runtime/tensor"
	"github.com/cellgen/cellgen/runtime/weights"
)

// cellOf returns the interpreted cell of a source.
func cellOf(t *testing.T, source gen.Source, err error) kernel.Cell {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return interpreted.New(gen.Compile(source, nil), kernel.Functions())
}

func shipped(t *testing.T, name string) kernel.Cell {
	source, err := read.Shipped(name)
	return cellOf(t, source, err)
}

// drawn returns a layer of 3 inputs and 5 units, with weights between −1 and 1.
func drawn(t *testing.T, cell kernel.Cell, options ...runtime.Option) *runtime.Layer {
	t.Helper()
	l, err := runtime.NewLayer(cell, 3, 5, options...)
	if err != nil {
		t.Fatal(err)
	}
	drawWeights(t, l.Params("layer0"))
	return l
}

func drawWeights(t *testing.T, params runtime.Params) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, p := range params {
		n, err := tensor.Count(p.Shape)
		if err != nil {
			t.Fatal(err)
		}
		values := make([]float32, n)
		for i := range values {
			values[i] = 2*r.Float32() - 1
		}
		if err := p.Import(p.Value, values); err != nil {
			t.Fatal(err)
		}
	}
}

// written returns the model of a layer as its bytes are read again.
func written(t *testing.T, l *runtime.Layer) *onnx.File {
	t.Helper()
	m, err := Layer(l, "test")
	if err != nil {
		t.Fatal(err)
	}
	return reread(t, m)
}

func reread(t *testing.T, m interface{ Marshal() ([]byte, error) }) *onnx.File {
	t.Helper()
	data, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	f, err := onnx.New(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func equalBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) })
}

// TestOperators expects the cells that ONNX has operators for to be exported as these, whatever they are
// called and however their weights begin, and their weights to be read from the model as they are read
// from the layer's own tensors, bit for bit.
func TestOperators(t *testing.T) {
	ops := map[string]string{"lstm": "LSTM", "peephole": "LSTM", "gru": "GRU", "grubefore": "GRU"}
	for _, name := range weights.Cells("onnx") {
		checkOperator(t, name, ops[name], drawn(t, shipped(t, name)))
	}
	checkOperator(t, "lstm", "LSTM", drawn(t, edited(t, "../../../gen/equation/testdata/oracle/LSTM.cell", "cell LSTM", `cell Mine "by another name"`)))
	checkOperator(t, "lstm", "LSTM", drawn(t, edited(t, "../../../generated/lstm/spec.toml", "bias = true", "bias = false")))
	checkOperator(t, "gru", "GRU", drawn(t, edited(t, "../../../generated/gru/gru.cell", "= orthogonal", "= 0")))
}

func checkOperator(t *testing.T, cell, op string, l *runtime.Layer) {
	t.Helper()
	model := written(t, l)
	nodes := model.Nodes()
	i := slices.IndexFunc(nodes, func(n onnx.Node) bool { return n.Op == op })
	if i < 0 || nodes[i].Name != "layer0" || nodes[i].Attributes["hidden_size"].Int != 5 {
		t.Fatalf("%s: no node %s among %+v", cell, op, nodes)
	}
	got, err := weights.Read("onnx", model, cell, weights.At{Prefix: "layer0"})
	if err != nil {
		t.Fatal(err)
	}
	var own file
	for _, p := range l.Params("layer0") {
		values, err := p.Export(p.Value)
		if err != nil {
			t.Fatal(err)
		}
		own = append(own, tensor.Tensor{Name: p.Name, Shape: p.Shape, Values: values})
	}
	want, err := weights.Read("cellgen", own, cell, weights.At{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Params) != len(want.Params) {
		t.Errorf("%s: %d parameters, want %d", cell, len(got.Params), len(want.Params))
	}
	for name, values := range want.Params {
		if !equalBits(got.Params[name], values) {
			t.Errorf("%s: %s is %v, want %v", cell, name, got.Params[name], values)
		}
	}
}

// edited returns the cell of a file in which a text is replaced.
func edited(t *testing.T, file, old, replacement string) kernel.Cell {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s has no %s", file, old)
	}
	source, err := read.Text(file, []byte(strings.Replace(string(text), old, replacement, 1)))
	return cellOf(t, source, err)
}

// TestScans expects all other cells to be Scans, those that nearly are a GRU or an LSTM among them,
// whose weights are the layer's, bit for bit.
func TestScans(t *testing.T) {
	for _, l := range []*runtime.Layer{
		drawn(t, shipped(t, "nascell")), drawn(t, shipped(t, "simplecell")), drawn(t, shipped(t, "enas")),
		drawn(t, shipped(t, "nascellp"), runtime.Width("proj", 4)),
		drawn(t, edited(t, "../../../generated/gru/gru.cell", "(1 - z) * n + z * h", "(1 - z) * h + z * n")),
		drawn(t, edited(t, "../../../generated/peephole/peephole.cell", "po * c'", "po * c")),
	} {
		name, model := l.Cell().Describe().Name, written(t, l)
		if op := model.Nodes()[0].Op; op != "Scan" {
			t.Errorf("%s is exported as %s", name, op)
		}
		for _, p := range l.Params("layer0") {
			want, err := p.Export(p.Value)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := model.Read(p.Name); err != nil || !slices.Equal(got.Shape, p.Shape) || !equalBits(got.Values, want) {
				t.Errorf("%s: %s is %v, want %v: %v", name, p.Name, got, want, err)
			}
		}
	}
}

// newStack returns a stack with every kind of part.
func newStack(t *testing.T) *nn.Stack {
	t.Helper()
	of := func(name string) nn.Cell {
		cell := shipped(t, name)
		return func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error) {
			return runtime.NewLayer(cell, input, hidden, options...)
		}
	}
	k, err := nn.NewStack(7, []nn.Part{
		nn.Embed(4), nn.Dropout(0.1), nn.RecurrentDropout(0.2, nn.Recurrent(of("gru"), 3)), nn.VariationalDropout(0.1),
		nn.Bidirectional(of("nascell"), 2), nn.Residual(nn.Recurrent(of("nascellp"), 3, runtime.Width("proj", 4))),
		nn.Bidirectional(of("lstm"), 2), nn.Linear(4), nn.Tied(),
	})
	if err != nil {
		t.Fatal(err)
	}
	drawWeights(t, k.Params(""))
	return k
}

// TestStack expects a stack's model to have the operators of its parts, in order, and to be the same
// bytes each time.
func TestStack(t *testing.T) {
	k := newStack(t)
	m, err := Stack(k, "test")
	if err != nil {
		t.Fatal(err)
	}
	var ops, directions []string
	for _, n := range reread(t, m).Nodes() {
		if n.Op == "LSTM" {
			directions = append(directions, n.Attributes["direction"].Text)
		}
		if !slices.Contains([]string{"Squeeze", "Unsqueeze"}, n.Op) {
			ops = append(ops, n.Op)
		}
	}
	const want = "Gather GRU Scan Scan Concat Scan Add LSTM LSTM Concat MatMul Add Transpose MatMul Add Identity"
	if got := strings.Join(ops, " "); got != want {
		t.Errorf("the operators are %s, want %s", got, want)
	}
	if want := []string{"forward", "reverse"}; !slices.Equal(directions, want) {
		t.Errorf("the directions are %v, want %v", directions, want)
	}
	first, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		m, err := Stack(k, "test")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := m.Marshal(); err != nil || !bytes.Equal(first, again) {
			t.Fatalf("another time, the bytes differ: %v", err)
		}
	}
}

// sourceless is a cell that does not tell its source.
type sourceless struct{ kernel.Cell }

func (s sourceless) Describe() kernel.Description {
	d := s.Cell.Describe()
	d.Source = ""
	return d
}

func TestWithoutSource(t *testing.T) {
	l := drawn(t, sourceless{shipped(t, "gru")})
	if _, err := Layer(l, ""); err == nil || !strings.Contains(err.Error(), "the cell GRU does not tell its source") {
		t.Error(err)
	}
}

// TestImport reads weights by every prefix that fits, and refuses files without changing anything.
func TestImport(t *testing.T) {
	of := func(prefix string) (f file) {
		for _, p := range drawn(t, shipped(t, "lstm")).Params("x") {
			f = append(f, tensor.Tensor{Name: prefix + strings.TrimPrefix(p.Name, "x."), Shape: p.Shape, Values: make([]float32, size(p))})
		}
		return f
	}
	layer := of("layer0.")
	for _, c := range []struct {
		file         file
		prefix, want string
	}{
		{layer, "", ""},
		{layer, "layer0", ""},
		{layer, "layer0.", ""},
		{of(""), "", ""},
		{slices.Concat(layer, of("a.layer1.")), "a.layer1", ""},
		{slices.Concat(layer, of("a.layer1.")), "", `give one of the prefixes ["layer0." "a.layer1."]`},
		{layer, "layer1", "the file lacks the weights layer1.kernel (did you mean"},
		{layer[:2], "", "the file lacks the weights layer0.bias"},
		{slices.Concat(layer, file{{Name: "layer0.more", Shape: []int{1}}}), "", "the cell lacks the weights layer0.more, [1]"},
		{slices.Concat(layer[:2], file{{Name: "layer0.bias", Shape: []int{1}}}), "", "the weights layer0.bias have shape [1], want [25]"},
	} {
		l := drawn(t, shipped(t, "lstm"))
		before := fmt.Sprint(l.Export())
		err := Import(l, c.file, c.prefix)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("prefix %q: %v, want %q", c.prefix, err, c.want)
		}
		if changed := fmt.Sprint(l.Export()) != before; changed != (c.want == "") {
			t.Errorf("prefix %q: changed is %t", c.prefix, changed)
		}
	}
}

func size(p runtime.Param) int {
	n, _ := tensor.Count(p.Shape)
	return n
}
