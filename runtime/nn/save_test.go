package nn

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/generated/nascellp"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
	"github.com/cellgen/cellgen/runtime/safetensors"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// saved is a stack with every kind of part.
func saved(seed uint64) *Stack {
	return testkit.Must(NewStack(7, []Part{
		Embed(6),
		VariationalDropout(0.25),
		RecurrentDropout(0.5, Bidirectional(gru.New, 5)),
		Dropout(0.125),
		Recurrent(nascellp.New, 17, runtime.Width("proj", 6)),
		Residual(RecurrentDropout(0.25, Recurrent(lstm.New, 6)), Residual(Linear(6))),
		Tied(),
	}, Seed(seed)))
}

var savedCells = []kernel.Cell{nascell.Kernel{}, lstm.Kernel{}, nascellp.Kernel{}, gru.Kernel{}}

// run returns what a stack of tokens makes of some, with values dropped and without.
func run(k *Stack) []float32 {
	const steps, batch = 9, 3
	tokens := make([]int, steps*batch)
	for i := range tokens {
		tokens[i] = i * i % k.Input()
	}
	ws, s := testkit.Must(k.NewWorkspace(steps, batch)), testkit.Must(k.NewState(batch))
	plain, dropped := make([]float32, steps*batch*k.Output()), make([]float32, steps*batch*k.Output())
	testkit.Check(k.ForwardTokens(ws, s, tokens, plain, []int{9, 0, 4}))
	s.Train(3)
	testkit.Check(k.ForwardTokens(ws, s, tokens, dropped, nil))
	return append(plain, dropped...)
}

// TestSave expects a stack that is opened, and one whose weights are loaded, to be the saved one:
// the same parts, and the same results bit for bit.
func TestSave(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	k := saved(1)
	testkit.Check(k.Save(path, map[string]string{"vocabulary": "abc"}))
	opened, metadata, err := Open(path, savedCells...)
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(metadata, map[string]string{"vocabulary": "abc"}) {
		t.Errorf("further metadata %v", metadata)
	}
	loaded := saved(2)
	testkit.Check(loaded.Load(path))
	for name, other := range map[string]*Stack{"opened": opened, "loaded": loaded} {
		testkit.CheckEqual(t, name, run(other), run(k))
		again := filepath.Join(t.TempDir(), "again.safetensors")
		testkit.Check(other.Save(again, metadata))
		if !bytes.Equal(testkit.Must(os.ReadFile(again)), testkit.Must(os.ReadFile(path))) {
			t.Errorf("the %s stack has another file", name)
		}
	}
}

// TestSaveElsewhere opens, in another process, what this one has saved.
func TestSaveElsewhere(t *testing.T) {
	const key = "CELLGEN_TEST_OPEN"
	hash := func(k *Stack) string { return fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, run(k)))) }
	if path := os.Getenv(key); path != "" {
		k, _, err := Open(path, savedCells...)
		testkit.Check(err)
		fmt.Println("results", hash(k))
		return
	}
	path := filepath.Join(t.TempDir(), "model.safetensors")
	k := saved(1)
	testkit.Check(k.Save(path, nil))
	c := exec.Command(os.Args[0], "-test.run", "^TestSaveElsewhere$")
	c.Env = append(os.Environ(), key+"="+path)
	out, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "results "+hash(k)) {
		t.Errorf("%v\n%s\nwant results %s", err, out, hash(k))
	}
}

// TestSaveKilled kills a process that saves two stacks in turn, at random moments: the file is
// always one of the two, whole.
func TestSaveKilled(t *testing.T) {
	const key = "CELLGEN_TEST_SAVE"
	if path := os.Getenv(key); path != "" {
		for a, b := saved(1), saved(2); ; a, b = b, a {
			testkit.Check(a.Save(path, nil))
		}
	}
	want := [][]float32{run(saved(1)), run(saved(2))}
	path := filepath.Join(t.TempDir(), "model.safetensors")
	testkit.Check(saved(1).Save(path, nil))
	random := rand.New(rand.NewPCG(18, 9))
	for range 20 {
		c := exec.Command(os.Args[0], "-test.run", "^TestSaveKilled$")
		c.Env = append(os.Environ(), key+"="+path)
		testkit.Check(c.Start())
		time.Sleep(time.Duration(random.IntN(40)) * time.Millisecond)
		testkit.Check(c.Process.Kill())
		if err := c.Wait(); err == nil {
			t.Fatal("it ended by itself")
		}
		k, _, err := Open(path, savedCells...)
		if err != nil {
			t.Fatal(err)
		}
		got := run(k)
		if !slices.ContainsFunc(want, func(w []float32) bool { return slices.Equal(w, got) }) {
			t.Fatal("neither of the two")
		}
	}
}

// TestLoadErrors expects errors that say what differs, and that nothing changes.
func TestLoadErrors(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "model.safetensors")
	base := func(parts ...Part) *Stack { return testkit.Must(NewStack(4, parts)) }
	k := base(Recurrent(gru.New, 5), Dropout(0.5), Linear(3))
	testkit.Check(k.Save(path, nil))
	for want, other := range map[string]*Stack{
		"of another model: the input is 4, want 5":                                              testkit.Must(NewStack(5, []Part{Recurrent(gru.New, 5), Dropout(0.5), Linear(3)})),
		"of another model: 3 parts, want 2":                                                     base(Recurrent(gru.New, 5), Linear(3)),
		"of another model: part 1, dropout: kind is dropout, want variational_dropout":          base(Recurrent(gru.New, 5), VariationalDropout(0.5), Linear(3)),
		"of another model: part 0, recurrent: hidden is 5, want 6":                              base(Recurrent(gru.New, 6), Dropout(0.5), Linear(3)),
		"of another model: part 0, recurrent: the cell is GRU, want LSTM":                       base(Recurrent(lstm.New, 5), Dropout(0.5), Linear(3)),
		"of another model: part 2, linear: output is 3, want 2":                                 base(Recurrent(gru.New, 5), Dropout(0.5), Linear(2)),
		`another cell called GRU: line 2 of its source is "state  h", want "state  h (hidden)"`: base(Recurrent(newOtherGRU, 5), Dropout(0.5), Linear(3)),
	} {
		before := other.Export()
		checkError(t, other.Load(path), want)
		if !slices.EqualFunc(before, other.Export(), sameTensor) {
			t.Errorf("%s: weights have changed", want)
		}
	}
	rated := base(Recurrent(gru.New, 5), Dropout(0.25), Linear(3))
	testkit.Check(rated.Load(path)) // what drops at another rate has the same weights
	checkError(t, k.Save(path, map[string]string{"cellgen.x": ""}), "cellgen.x")
	checkError(t, k.Save(filepath.Join(folder, "none", "a"), nil), "no such file")
	checkError(t, k.Load(filepath.Join(folder, "none")), "no such file")
	_, _, err := Open(path, lstm.Kernel{}, nascell.Kernel{})
	checkError(t, err, "the file's cell GRU is not among the given ones, LSTM, NASCell")
	_, _, err = Open(path, otherGRU{})
	checkError(t, err, `the file has another cell called GRU: line 2 of its source is "state  h", and the given one "state  h (hidden)"`)
	_, _, err = Open(path)
	checkError(t, err, "the file has the cell GRU, and no cells are given")
	_, _, err = Open(path, nil)
	checkError(t, err, "nil cell")
}

func sameTensor(a, b tensor.Tensor) bool {
	return a.Name == b.Name && slices.Equal(a.Shape, b.Shape) && slices.Equal(a.Values, b.Values)
}

// otherGRU is a GRU with another source.
type otherGRU struct{ gru.Kernel }

func (c otherGRU) Describe() kernel.Description {
	d := c.Kernel.Describe()
	d.Source = strings.Replace(d.Source, "state  h", "state  h (hidden)", 1)
	return d
}

func newOtherGRU(input, hidden int, options ...runtime.Option) (*runtime.Layer, error) {
	return runtime.NewLayer(otherGRU{}, input, hidden, options...)
}

// TestTwoCells expects two cells of one name to have two sources in a file.
func TestTwoCells(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	k := testkit.Must(NewStack(4, []Part{Recurrent(gru.New, 5), Recurrent(newOtherGRU, 5), Recurrent(gru.New, 5)}))
	testkit.Check(k.Save(path, nil))
	for _, cells := range [][]kernel.Cell{{gru.Kernel{}, otherGRU{}}, {otherGRU{}, gru.Kernel{}}} {
		opened, _, err := Open(path, cells...)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"gru.Kernel", "nn.otherGRU", "gru.Kernel"} {
			if got := fmt.Sprintf("%T", opened.Layer(fmt.Sprint("layer", i)).Cell()); got != want {
				t.Errorf("layer %d is %s, want %s", i, got, want)
			}
		}
	}
	if _, _, err := Open(path, gru.Kernel{}); err == nil {
		t.Error("opened without one of its cells")
	}
}

// TestForeignFiles loads files that do not say what they are: by their tensors alone.
func TestForeignFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	k := testkit.Must(NewStack(4, []Part{Recurrent(gru.New, 5), Linear(3)}))
	all := k.Export()
	write := func(tensors ...tensor.Tensor) { testkit.Check(safetensors.WriteFile(path, tensors, nil)) }
	write(all...)
	testkit.Check(k.Load(path))
	write(append(slices.Clone(all), tensor.Tensor{Name: "layer2.kernel", Shape: []int{1}, Values: []float32{1}})...)
	checkError(t, k.Load(path), "the file has layer2.kernel, [1], which the stack lacks")
	f := testkit.Must(safetensors.Open(path))
	testkit.Check(k.Import(f)) // others beside are the caller's
	testkit.Check(f.Close())
	write(all[1:]...)
	checkError(t, k.Load(path), "the file lacks the weights layer0.Wr; it has such as layer0.Ur")
	wrong := slices.Clone(all)
	wrong[0].Shape = []int{4, 5}
	write(wrong...)
	checkError(t, k.Load(path), "the weights layer0.Wr have shape [4 5] in the file, want [5 4]")
	_, _, err := Open(path, gru.Kernel{})
	checkError(t, err, "does not say what model it holds")
}
