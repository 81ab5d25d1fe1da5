// Package child trains the cells of a search: each as a byte-level language model, small and with
// as many units as its share of parameters pays for.
//
// A result is a function of a Setup and a Task, and of the order in which sums are added (see
// runtime.Ordered): not of the machine's load, nor of what was trained before. A cell that is dead
// or diverges has a result like any other.
package child

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/training"
	"github.com/cellgen/cellgen/cmd/search/field"
	"github.com/cellgen/cellgen/runtime"
)

// Setup is what all children of a study share.
type Setup struct {
	Space      string    `json:"space"`      // as space.Parse reads it
	Text       string    `json:"text"`       // the text's SHA-256, in hexadecimal digits
	Backend    string    `json:"backend"`    // one of runtime.Backends
	Parameters int       `json:"parameters"` // of a model, at most
	Embed      int       `json:"embed"`      // width of a byte's embedding
	Batch      int       `json:"batch"`      // rows
	Steps      int       `json:"steps"`      // of back-propagation through time
	Rungs      []int     `json:"rungs"`      // updates of each, ever more
	Rates      []float64 `json:"rates"`      // that are raced on the first rung
	Validation int       `json:"validation"` // bytes that a child of the first rung is evaluated on; later rungs have more, as they have more updates
	Seed       uint64    `json:"seed"`
}

// DefaultSetup returns the default sizes, without a space and a text.
func DefaultSetup() Setup {
	return Setup{
		Parameters: 10_000, Embed: 8, Batch: 8, Steps: 8,
		Rungs: []int{800, 3200, 12800}, Rates: []float64{0.01, 0.02, 0.04, 0.08},
		Validation: 4096, Seed: 1,
	}
}

// mostSymbols bounds the symbols that a child reads.
const mostSymbols = math.MaxInt32

// Check returns an error if a field is out of range. Whether this machine has the backend, and the
// space is one, New finds out.
func (s *Setup) Check() error {
	for _, n := range []struct {
		field       string
		value, most int
	}{
		{"parameters", s.Parameters, 100_000_000},
		{"embed", s.Embed, 1 << 16},
		{"batch", s.Batch, 1 << 14},
		{"steps", s.Steps, 1 << 14},
		{"validation", s.Validation, corpus.MaxText},
	} {
		if n.value < 1 || n.value > n.most {
			return field.Errorf(n.field, "is %d; want 1 to %d", n.value, n.most)
		}
	}
	if len(s.Rungs) == 0 || s.Rungs[0] < 1 || !slices.IsSorted(s.Rungs) || len(slices.Compact(slices.Clone(s.Rungs))) < len(s.Rungs) {
		return field.Errorf("rungs", "are %v; want numbers of updates, each above the one before", s.Rungs)
	}
	if last := s.Rungs[len(s.Rungs)-1]; last > mostSymbols/s.Batch/s.Steps || last > math.MaxInt/s.Validation {
		return field.Errorf("rungs", "have %d updates; of %d rows of %d steps they read more than %d symbols", last, s.Batch, s.Steps, mostSymbols)
	}
	if len(s.Rates) == 0 {
		return field.Errorf("rates", "are missing; want at least one")
	}
	before := make(map[float32]bool) // children compute with float32
	for _, rate := range s.Rates {
		r := float32(rate)
		if !(r > 0) || math.IsInf(float64(r), 1) || before[r] {
			return field.Errorf("rates", "are %v; want different float32 above 0", s.Rates)
		}
		before[r] = true
	}
	return nil
}

// CheckBackend returns an error if this machine lacks the study's backend.
func (s *Setup) CheckBackend() error {
	if !slices.Contains(runtime.Backends(), s.Backend) {
		return fmt.Errorf("the study computes with the backend %s, and this machine has %v", s.Backend, runtime.Backends())
	}
	return nil
}

// options returns how a child is trained on a rung: the rate rises, and falls to a hundredth.
func (s *Setup) options(t Task, hidden int) training.Options {
	updates := s.Rungs[t.Rung]
	return training.Options{
		Options: language.Options{Embed: s.Embed, Hidden: hidden, Layers: 1, Seed: s.seed("weights", t)},
		Epochs:  1, Batch: s.Batch, Steps: s.Steps, Shards: 1, Shared: true,
		Rate: t.Rate, Schedule: training.Schedules[0], Warmup: updates / 20, LastRate: 0.01, Clip: 1,
	}
}

// seed returns random bits for a use. All cells with the same Task.Seed get the same.
func (s *Setup) seed(use string, t Task) uint64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d", use, s.Seed, t.Seed))
	return binary.LittleEndian.Uint64(sum[:])
}

// Digest returns what Setup.Text is of a text.
func Digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// texts are the three parts of a text, as symbols: four fifths to train on, a tenth that children
// are compared by, and a tenth that no search sees.
type texts struct {
	vocabulary                 *corpus.Vocabulary
	training, validation, test []int32
}

func split(text []byte) (*texts, error) {
	v, err := corpus.NewVocabulary(corpus.Bytes, text, 0)
	if err != nil {
		return nil, err
	}
	symbols, err := v.Encode(text)
	if err != nil {
		return nil, err
	}
	n := len(symbols)
	if n < 20 {
		return nil, fmt.Errorf("the text has %d bytes; want at least 20", n)
	}
	return &texts{v, symbols[:n*8/10], symbols[n*8/10-1 : n*9/10], symbols[n*9/10-1:]}, nil
}

// window returns n symbols of a text from a place on, and from its start again where it ends.
func window(text []int32, from, n int) []int32 {
	part := make([]int32, 0, n)
	for len(part) < n {
		rest := text[from:]
		part = append(part, rest[:min(len(rest), n-len(part))]...)
		from = 0
	}
	return part
}
