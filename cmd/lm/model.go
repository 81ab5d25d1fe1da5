package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/nn"
)

// vocabulary is the number of tokens; every byte is one.
const vocabulary = 256

// model maps a byte to its embedding [E], through one or more recurrent layers, whose outputs
// may have another width than H, to the logits [256] of the byte that follows.
type model struct {
	embedding *nn.Embedding
	layers    []*runtime.Layer
	dense     *nn.Dense
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
	if m.embedding, err = nn.NewEmbedding(vocabulary, c.embed, nn.Seed(random.Uint64())); err != nil {
		return err
	}
	width := c.embed
	for range c.layers {
		layer, err := c.newLayer(width, random.Uint64())
		if err != nil {
			return err
		}
		m.layers, width = append(m.layers, layer), layer.Output()
	}
	m.dense, err = nn.NewDense(width, vocabulary, nn.Seed(random.Uint64()))
	return err
}

// params returns all parameters.
func (m *model) params() runtime.Params {
	params := m.embedding.Params("embedding")
	for i, layer := range m.layers {
		params = append(params, layer.Params(fmt.Sprintf("layer%d", i))...)
	}
	return append(params, m.dense.Params("head")...)
}

// size returns the number of parameters.
func (m *model) size() (n int) {
	n = m.embedding.Vocabulary()*m.embedding.Width() + (m.dense.Input()+1)*m.dense.Output()
	for _, layer := range m.layers {
		n += layer.Parameters()
	}
	return n
}
