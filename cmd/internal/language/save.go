package language

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/runtime/nn"
	"github.com/cellgen/cellgen/runtime/safetensors"
)

// keyVocabulary is the key of a file's metadata that has the vocabulary, as JSON.
const keyVocabulary = "lm.vocabulary"

// Save writes the model to a file, atomically, with more metadata of the caller's. The same model
// and metadata give the same bytes.
func (m *Model) Save(path string, metadata map[string]string) error {
	vocabulary, err := json.Marshal(m.Vocabulary)
	if err != nil {
		return err
	}
	all := map[string]string{keyVocabulary: string(vocabulary)}
	maps.Copy(all, metadata)
	return m.Stack.Save(path, all)
}

// Load returns the model of a file that Save has written, and the file's other metadata. A shipped
// cell is the compiled one if its source is the file's; another cell is interpreted, unless it is
// among those given.
func Load(path string, given ...*cells.Cell) (m *Model, metadata map[string]string, err error) {
	m = new(Model)
	if m.Vocabulary, m.Cell, err = about(path, given); err != nil {
		return nil, nil, err
	}
	m.Stack, metadata, err = nn.Open(path, m.Cell)
	switch {
	case err != nil:
		return nil, nil, err
	case m.Stack.Input() != m.Vocabulary.Len() || m.Stack.Output() != m.Vocabulary.Len():
		return nil, nil, fmt.Errorf("%s: the model maps %d symbols to %d, and its vocabulary has %d",
			path, m.Stack.Input(), m.Stack.Output(), m.Vocabulary.Len())
	}
	delete(metadata, keyVocabulary)
	return m, metadata, nil
}

// about reads what a file says of its model beside the weights.
func about(path string, given []*cells.Cell) (*corpus.Vocabulary, *cells.Cell, error) {
	f, err := safetensors.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	v, cell, err := described(f.Metadata(), given)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return v, cell, err
}

// described reads what a file's metadata says.
func described(metadata map[string]string, given []*cells.Cell) (*corpus.Vocabulary, *cells.Cell, error) {
	text, ok := metadata[keyVocabulary]
	if !ok {
		return nil, nil, fmt.Errorf("it is not a language model of lm: its metadata lacks %s", keyVocabulary)
	}
	v := new(corpus.Vocabulary)
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", keyVocabulary, err)
	}
	model, err := nn.ReadModel(metadata)
	if err != nil {
		return nil, nil, err
	}
	sources := slices.Sorted(maps.Values(model.Cells))
	if len(sources) != 1 {
		return nil, nil, errors.New("want a model of one cell")
	}
	cell, err := cellOf(sources[0], given)
	return v, cell, err
}

// cellOf returns the cell of a source.
func cellOf(source string, given []*cells.Cell) (*cells.Cell, error) {
	for _, c := range given {
		if c.Describe().Source == source {
			return c, nil
		}
	}
	if c := cells.OfSource(source); c != nil {
		return c, nil
	}
	return cells.Of(source)
}
