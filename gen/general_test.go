package gen

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/grad"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/soak"
)

// general is a cell that is written as equations, and where it comes from: a file or a seed.
type general struct {
	*equation.Cell
	from string
}

// corpus returns the cells of the corpus.
func corpus(t *testing.T) (list []general) {
	t.Helper()
	paths, err := filepath.Glob("equation/testdata/*/*.cell")
	if err != nil || len(paths) < 57 {
		t.Fatalf("%d cells, want 57: %v", len(paths), err)
	}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		c, err := equation.Read(path, src)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, general{c, path})
	}
	return list
}

// randomGeneral draws cells with up to five products in sequence.
func randomGeneral(test, n int) (list []general) {
	for trial := range n {
		list = append(list, general{equation.Random(draw(test, trial), trial%6), fmt.Sprintf("seed (%d, %d)", test, trial)})
	}
	return list
}

// String returns where the cell comes from, and its text.
func (g general) String() string { return g.from + "\n" + g.Cell.String() }

// TestGeneralPipeline takes cells through the whole pipeline. After every pass the graph is
// sound and reads back from its text; files are the same every time.
func TestGeneralPipeline(t *testing.T) {
	for _, c := range append(corpus(t), randomGeneral(30, soak.Cases(100, 5000))...) {
		checkPipeline(t, c)
	}
}

// TestAwkwardStates takes cells through the pipeline whose states are named as ports of others.
func TestAwkwardStates(t *testing.T) {
	for _, names := range [][2]string{
		{"h", "hprev"},
		{"h", "dh"},
		{"h", "dhprev"},
		{"h", "hNext"},
		{"doutput", "c"},
		{"h", "slot"},
		{"outputs", "dslot"},
		{"given", "operand"},
		{"param", "columns"},
		{"func", "h"},
		{"tprev", "t"},
		{"H", "h"},
		{"rows", "stride"},
	} {
		text := strings.NewReplacer("ONE", names[0], "TWO", names[1]).Replace(`cell A
state ONE TWO
matrix W (hidden, input) = 0.1
matrix U V (hidden, hidden) = 0.1
ONE' = tanh(U @ ONE + W @ x + ONE * 2)
TWO' = V @ (ONE' * TWO)
output tanh(TWO')
`)
		c, err := equation.Read("a", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		checkPipeline(t, general{c, "a"})
	}
}

// TestCotangentsOfNothing compiles cells in which derivatives of 0 leave cotangents that depend on
// no cotangent, of values of later stages.
func TestCotangentsOfNothing(t *testing.T) {
	for _, output := range []string{"step(q * v)", "wins(q * v, h')", "step(g * v)", "step(q * b) * v", "wins(b * v, g)"} {
		text := `cell A
state h
matrix W R (hidden, input) = 0.1
matrix U V Q (hidden, hidden) = 0.1
vector b = 0
q = Q @ h
g = R @ x
v = tanh(V @ (tanh(U @ h + W @ x) * h))
h' = v * tanh(h) + b * q
output ` + output + "\n"
		c, err := equation.Read("a", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		checkPipeline(t, general{c, "a"})
	}
}

func checkPipeline(t *testing.T, c general) {
	t.Helper()
	defer func() {
		if e := recover(); e != nil {
			t.Errorf("%s\npanic: %v", c, e)
		}
	}()
	broken := false
	Compile(c, func(pass string, f *ir.Func) {
		if err := readsBack(f); err != nil && !broken {
			broken = true
			t.Errorf("%s\nafter %s: %v\n%s", c, pass, err, f)
		}
	})
	files, err := Compile(c, nil).Generate()
	if err != nil {
		t.Errorf("%s\n%v", c, err)
		return
	}
	again, err := Compile(c, nil).Generate()
	if err != nil || !reflect.DeepEqual(files, again) {
		t.Errorf("%s\nother files the second time: %v", c, err)
	}
	for _, file := range files {
		if !IsGenerated(file.Data) || bytes.Contains(file.Data, []byte("NaN")) {
			t.Errorf("%s\n%s begins %.80q", c, file.Name, file.Data)
		}
	}
}

// readsBack reports how a graph differs that is read from its text.
func readsBack(f *ir.Func) error {
	if err := f.Verify(); err != nil {
		return err
	}
	g, err := ir.Parse(f.String())
	if err == nil && g.String() != f.String() {
		err = fmt.Errorf("reads back as\n%s", g)
	}
	return err
}

// TestGeneralPassesKeepMeaning compares cells after each of JointPasses with the definition,
// forward and all gradients, to 1e-12 relative to max(1, |value|): sums are in another order.
func TestGeneralPassesKeepMeaning(t *testing.T) {
	rough, all := 0, append(corpus(t), randomGeneral(31, soak.Cases(100, 5000))...)
	for _, c := range all {
		r := rand.New(rand.NewPCG(32, 0))
		definition := Define(c)
		in, want := smooth(t, r, definition, func() *interp.Inputs { return generalInputs(r, definition) })
		if in == nil {
			rough++
			continue
		}
		f := c.Lower()
		for i, p := range JointPasses {
			if err := p.Run(f); err != nil {
				t.Fatal(err)
			}
			joint := copyOf(f)
			if i < passAt("grad") {
				if err := grad.Reverse(joint); err != nil {
					t.Fatal(err)
				}
			}
			compare(t, "after "+p.Name, interp.Run(joint, in), want, 1e-12)
		}
		if t.Failed() {
			t.Fatalf("%s\n%s", c, f)
		}
	}
	if rough > len(all)/4 {
		t.Errorf("%d of %d cells are near kinks everywhere", rough, len(all))
	}
}

func passAt(name string) int { return at(JointPasses, name) }

// generalInputs draws what a run of a cell takes: inputs beside x and time constants are
// positive, and states that begin at −∞ stay there.
func generalInputs(r *rand.Rand, f *ir.Func) *interp.Inputs {
	widths := make(map[string]int)
	for i, s := range f.Sizes {
		widths[s.Name] = 1 + i
	}
	in := interp.NewInputs(f, interp.Size{Steps: 2, Batch: 2, Input: 2, Hidden: 3, Widths: widths})
	for i := range in.Arrays {
		a := &in.Arrays[i]
		if a.Role == interp.Initial {
			continue
		}
		a.Data = floats(r, a.Len())
		for j := range a.Data {
			if a.Role == interp.Beside || strings.HasPrefix(a.Name, "tau") {
				a.Data[j] = 0.75 + a.Data[j]/4
			}
		}
	}
	return in
}
