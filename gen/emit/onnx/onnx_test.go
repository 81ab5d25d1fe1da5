package onnx

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/soak"
)

// scan returns the model of a cell's layer, with weights that are counted.
func scan(f *ir.Func, reverse bool) *Model {
	size := interp.Size{Steps: 1, Batch: 1, Input: 3, Hidden: 5, Widths: make(map[string]int)}
	for i, s := range f.Sizes {
		if s.Equal == "" {
			size.Widths[s.Name] = 2 + i
		}
	}
	in := interp.NewInputs(f, size)
	l := &Layer{Step: f, Width: in.Width, Name: "layer0", Reverse: reverse}
	for _, a := range in.Arrays {
		name := a.Name
		switch a.Role {
		case interp.U:
			name = recurrent
		case interp.Bias:
			name = bias
		case interp.W, interp.Parameter:
		default:
			continue
		}
		if n := a.Len(); n > 0 {
			l.Weights = append(l.Weights, Tensor{Name: name, Shape: slices.Clone(a.Shape), Floats: count(n)})
		}
	}
	b := NewBuilder(f.Name)
	return b.Model(b.Scan(l, b.Input(in.Input)), l.output(), "test", "")
}

// count returns 0, 1/8, 2/8 and so on.
func count(n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(i) / 8
	}
	return values
}

// TestRandomCells expects models of random cells, of tokens and of equations, to be whole, and to be the
// same bytes each time.
func TestRandomCells(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 17))
	for i := range soak.Cases(100, 5_000) {
		tree := &cell.Spec{Name: "A", Bias: i%2 == 0, Cell: cell.Random(r, 1+i%9)}
		for _, source := range []interface {
			fmt.Stringer
			Lower() *ir.Func
		}{tree, equation.Random(r, i%7)} {
			m := scan(source.Lower(), i%3 == 0)
			if err := m.Verify(); err != nil {
				t.Fatalf("%v\n%s\n%s", err, source, m)
			}
			data, err := m.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			if again, err := scan(source.Lower(), i%3 == 0).Marshal(); err != nil || !bytes.Equal(data, again) {
				t.Fatalf("another time, the bytes differ, %v:\n%s", err, source)
			}
		}
	}
}

// goldens are the models in testdata: what they show is what to look at in a diff.
var goldens = []string{
	"GRUResetAfter", // products inside equations
	"CfC",           // a number a row, and a further width
	"minGRU",        // select
	"sLSTM",         // a state that begins at −∞
}

// TestGolden compares models with their text. Delete the files in testdata to write them anew.
func TestGolden(t *testing.T) {
	for _, name := range goldens {
		source := "../../equation/testdata/oracle/" + name + ".cell"
		text, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		c, err := equation.Read(source, text)
		if err != nil {
			t.Fatal(err)
		}
		checkGolden(t, name, scan(c.Lower(), false))
	}
	spec, err := cell.NewSpec("Tree", "max tanh add relu mul sigmoid add relu 1 0", "")
	if err != nil {
		t.Fatal(err)
	}
	spec.Bias = true
	checkGolden(t, "Tree", scan(spec.Lower(), true))
}

func checkGolden(t *testing.T, name string, m *Model) {
	file, got := filepath.Join("testdata", name+".txt"), m.String()
	want, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		want, err = []byte(got), os.WriteFile(file, []byte(got), 0o666)
		t.Errorf("%s is new", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; the model is\n%s", file, got)
	}
}

// TestVerify breaks a model in each way that Verify knows.
func TestVerify(t *testing.T) {
	spec, err := cell.NewSpec("A", "add tanh mul relu mul sigmoid add relu 1 0", "")
	if err != nil {
		t.Fatal(err)
	}
	body := func(m *Model) *Graph { return m.Graph.Nodes[0].Attributes[0].Value.(*Graph) }
	for want, breaks := range map[string]func(m *Model){
		`name "" is empty or taken`:              func(m *Model) { m.Graph.Inputs[0].Name = "" },
		`name "h" is empty or taken`:             func(m *Model) { body(m).Inputs[0].Name = "h" },
		`name "layer0" of a node is empty`:       func(m *Model) { m.Graph.Nodes[1].Name = "layer0" },
		"before its definition":                  func(m *Model) { slices.Reverse(body(m).Nodes) },
		"output nowhere of graph A is not":       func(m *Model) { m.Graph.Outputs[0].Name = "nowhere" },
		"has 29 numbers, want 30":                func(m *Model) { m.Graph.Initializers[0].Floats = count(29) },
		"nothing reads the initializer spare":    func(m *Model) { m.Graph.Initializers = append(m.Graph.Initializers, Tensor{Name: "spare"}) },
		"reads layer0.kernel before its definit": func(m *Model) { m.Graph.Initializers = m.Graph.Initializers[1:] },
	} {
		m := scan(spec.Lower(), false)
		breaks(m)
		if err := m.Verify(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestTooLarge expects an error for more weights than a file can have.
func TestTooLarge(t *testing.T) {
	m := NewBuilder("A").Model("x", 1, "", "")
	some := make([]float32, 1<<20)
	for range math.MaxInt32/2/(4<<20) + 1 {
		m.Graph.Initializers = append(m.Graph.Initializers, Tensor{Floats: some})
	}
	if _, err := m.Marshal(); err == nil || !strings.Contains(err.Error(), "can have 1073741823") {
		t.Error(err)
	}
}
