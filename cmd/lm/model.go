package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/generated/simplecell"
	"github.com/cellgen/cellgen/runtime"
)

// cells makes a layer of each shipped cell.
var cells = map[string]func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error){
	"lstm":       lstm.New,
	"nascell":    nascell.New,
	"simplecell": simplecell.New,
}

// cellNames lists the cells.
func cellNames() string {
	return strings.Join(slices.Sorted(maps.Keys(cells)), ", ")
}

// vocabulary is the number of tokens: all bytes.
const vocabulary = 256

// model is the stack of layers: a byte's embedding [E], one or more layers of
// the cell [H], and the logits [256] of the byte that follows.
type model struct {
	embedding *runtime.Embedding
	layers    []*runtime.Layer
	dense     *runtime.Dense
}

// newModel returns a model with random weights.
func newModel(c *config) (*model, error) {
	m := new(model)
	if err := m.init(c); err != nil {
		return nil, fmt.Errorf("making the model: %w", err)
	}
	return m, nil
}

func (m *model) init(c *config) (err error) {
	random := rand.New(rand.NewPCG(c.seed, 0))
	seed := func() runtime.Option { return runtime.Seed(random.Uint64()) }
	if m.embedding, err = runtime.NewEmbedding(vocabulary, c.embed, seed()); err != nil {
		return err
	}
	width := c.embed
	for range c.layers {
		layer, err := cells[c.cell](width, c.hidden, seed())
		if err != nil {
			return err
		}
		m.layers, width = append(m.layers, layer), c.hidden
	}
	m.dense, err = runtime.NewDense(width, vocabulary, seed())
	return err
}

// params returns all parameters with their gradients.
func (m *model) params(g *gradients) []runtime.Param {
	params := m.embedding.Params(g.embedding)
	for i, layer := range m.layers {
		params = append(params, layer.Params(g.layers[i])...)
	}
	return append(params, m.dense.Params(g.dense)...)
}

// size returns the number of parameters.
func (m *model) size() (n int) {
	n = m.embedding.Vocabulary()*m.embedding.Width() + (m.dense.Input()+1)*m.dense.Output()
	for _, layer := range m.layers {
		n += layer.Parameters()
	}
	return n
}

// gradients are those of a model's parameters.
type gradients struct {
	embedding *runtime.EmbeddingGradients
	layers    []*runtime.Gradients
	dense     *runtime.DenseGradients
}

// newGradients returns gradients of zero.
func (m *model) newGradients() *gradients {
	g := &gradients{embedding: m.embedding.NewGradients(), dense: m.dense.NewGradients()}
	for _, layer := range m.layers {
		g.layers = append(g.layers, layer.NewGradients())
	}
	return g
}

func (g *gradients) zero() {
	g.embedding.Zero()
	for _, layer := range g.layers {
		layer.Zero()
	}
	g.dense.Zero()
}
