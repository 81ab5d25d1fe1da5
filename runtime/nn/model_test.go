package nn

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
	"github.com/cellgen/cellgen/runtime/safetensors"
)

// TestHostileModels expects errors from descriptions that are malformed, or too large for their files.
func TestHostileModels(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	k := testkit.Must(NewStack(4, []Part{Recurrent(gru.New, 5), Linear(3)}))
	source := k.Model().Cells["GRU"]
	for model, want := range map[string]string{
		``:                          "EOF",
		`[]`:                        "cannot unmarshal",
		`{"input":4}`:               "no parts",
		`{"input":4,"parts":[]} {}`: "there is more behind it",
		`{"input":4,"layers":[]}`:   `unknown field "layers"`,
		`{"input":-1,"parts":[]}`:   "input is -1",
		`{"input":1e99,"parts":[]}`: "cannot unmarshal",
		`{"input":4,"parts":[{}]}`:  `part 0: unknown kind ""`,
		`{"input":4,"parts":[{"part":"recurent"}]}`:                                                                           `unknown kind "recurent", want one such as recurrent`,
		`{"input":4,"parts":[{"part":"recurrent","cell":"GRU"}]}`:                                                             "recurrent: fields are missing or out of range",
		`{"input":4,"parts":[{"part":"recurrent","hidden":3}]}`:                                                               "recurrent: fields are missing or out of range",
		`{"input":4,"parts":[{"part":"recurrent","cell":"LSTM","hidden":3}]}`:                                                 "the metadata lacks cellgen.cell.LSTM",
		`{"input":4,"parts":[{"part":"dropout","rate":1}]}`:                                                                   "dropout: fields are missing or out of range",
		`{"input":4,"parts":[{"part":"linear","output":-2}]}`:                                                                 "linear: fields are missing or out of range",
		`{"input":4,"parts":[{"part":"residual"}]}`:                                                                           "residual: fields are missing or out of range",
		`{"input":4,"parts":[{"part":"residual","parts":[{"part":"x"}]}]}`:                                                    `part 0: part 0: unknown kind "x"`,
		`{"input":4,"parts":[{"part":"tied"}]}`:                                                                               "Tied needs an embedding",
		`{"input":4,"parts":[{"part":"linear","output":1000000000000}]}`:                                                      "it would have 4000000000000 weights",
		`{"input":4,"parts":[{"part":"embed","width":1000000000}]}`:                                                           "it would have 4000000000 weights",
		`{"input":4,"parts":[{"part":"recurrent","cell":"GRU","hidden":30000000}]}`:                                           "weights, and the file has 174 in all",
		`{"input":4,"parts":[{"part":"recurrent","cell":"GRU","hidden":5,"widths":{"proj":2}},{"part":"linear","output":3}]}`: `no such width`,
		`{"input":4,"parts":[{"part":"recurrent","cell":"GRU","hidden":5,"rate":2},{"part":"linear","output":3}]}`:            "rate is 2",
		`{"input":4,"parts":` + strings.Repeat(`[{"part":"residual","parts":`, 20000):                                         "exceeded max depth",
		`{"input":4,"parts":[{"part":"recurrent","cell":"GRU","hidden":5},{"part":"linear","output":2}]}`:                     "the weights layer1.kernel have shape [5 3] in the file, want [5 2]",
	} {
		testkit.Check(safetensors.WriteFile(path, k.Export(), map[string]string{"cellgen.model": model, "cellgen.cell.GRU": source}))
		_, _, err := Open(path, gru.Kernel{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.100s: error %v, want %s", model, err, want)
		}
	}
	testkit.Check(k.Save(path, nil))
	if _, _, err := Open(path, gru.Kernel{}); err != nil {
		t.Error(err)
	}
}

// FuzzReadModel expects an error, or a model whose metadata are read as the same.
func FuzzReadModel(f *testing.F) {
	k := testkit.Must(NewStack(4, []Part{Recurrent(gru.New, 5), Residual(Dropout(0.5), Linear(5))}))
	f.Add(k.Model().Metadata()[modelKey])
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ReadModel(map[string]string{modelKey: text, cellKey + "GRU": k.Model().Cells["GRU"]})
		if err != nil {
			return
		}
		again, err := ReadModel(m.Metadata())
		if err != nil || !reflect.DeepEqual(again, m) {
			t.Fatalf("%+v\n%+v, error %v", m, again, err)
		}
		_, _ = m.newStack([]kernel.Cell{gru.Kernel{}}, 1000, nil) // whatever it says, in little memory
	})
}
