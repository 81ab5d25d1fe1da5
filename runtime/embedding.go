package runtime

import "fmt"

// Embedding is a table [V][E] of one vector a token: the product of a one-hot
// vector and a matrix.
type Embedding struct {
	vocabulary, width int
	table             []float32
}

// NewEmbedding returns a table of V = vocabulary vectors of E = width values,
// Glorot uniform within ±√(6/(1+E)): of a one-hot vector, one input counts.
//
// It is an error if a size is below 1 or their product too large.
func NewEmbedding(vocabulary, width int, options ...Option) (*Embedding, error) {
	e := &Embedding{vocabulary: vocabulary, width: width}
	err := checkPositive("vocabulary", vocabulary)
	if err == nil {
		err = checkPositive("width", width)
	}
	if err == nil {
		err = allocate([]allocation{{&e.table, []int{vocabulary, width}}})
	}
	if err != nil {
		return nil, fmt.Errorf("runtime: NewEmbedding: %w", err)
	}
	glorot(newOptions(options).random(), matrix{e.table, vocabulary, width, width}, 1, width)
	return e, nil
}

// Vocabulary returns V, the number of tokens.
func (e *Embedding) Vocabulary() int { return e.vocabulary }

// Width returns E, the width of a token's vector.
func (e *Embedding) Width() int { return e.width }

// Forward copies the vectors of tokens [rows], each in 0..V−1, to y [rows][E].
func (e *Embedding) Forward(tokens []int, y []float32) error {
	if err := e.check("y", tokens, y); err != nil {
		return fmt.Errorf("runtime: Embedding Forward: %w", err)
	}
	for i, token := range tokens {
		copy(y[i*e.width:(i+1)*e.width], e.row(e.table, token))
	}
	return nil
}

// Backward adds the cotangents dy [rows][E] of tokens' vectors to g.
func (e *Embedding) Backward(tokens []int, dy []float32, g *EmbeddingGradients) error {
	err := e.check("dy", tokens, dy)
	if err == nil {
		err = e.checkGradients(g)
	}
	if err != nil {
		return fmt.Errorf("runtime: Embedding Backward: %w", err)
	}
	for i, token := range tokens {
		sum := e.row(g.table, token)
		for j, v := range dy[i*e.width : (i+1)*e.width] {
			sum[j] += v
		}
	}
	return nil
}

// EmbeddingGradients are the gradients of a table, which Backward adds to.
type EmbeddingGradients struct {
	embedding *Embedding
	table     []float32
}

// NewGradients returns gradients of zero.
func (e *Embedding) NewGradients() *EmbeddingGradients {
	return &EmbeddingGradients{e, alignedFloats(len(e.table))}
}

// Zero clears the gradients.
func (g *EmbeddingGradients) Zero() { clear(g.table) }

// Params returns the table [V][E] with its gradient in g, which may be nil. It
// panics if g is another embedding's.
func (e *Embedding) Params(g *EmbeddingGradients) []Param {
	p := Param{Name: "embedding.table", Value: e.table}
	if g != nil {
		if err := e.checkGradients(g); err != nil {
			panic(fmt.Errorf("runtime: Embedding Params: %w", err))
		}
		p.Grad = g.table
	}
	return []Param{p}
}

// row returns a token's part of a table.
func (e *Embedding) row(table []float32, token int) []float32 {
	return table[token*e.width : (token+1)*e.width]
}

func (e *Embedding) check(name string, tokens []int, y []float32) error {
	if err := checkLen(name, len(y), "tokens·width", len(tokens), e.width); err != nil {
		return err
	}
	return checkIndexes("tokens", tokens, "in the vocabulary", e.vocabulary)
}

func (e *Embedding) checkGradients(g *EmbeddingGradients) error {
	switch {
	case g == nil:
		return fmt.Errorf("gradients %w", errNil)
	case g.embedding != e:
		return errForeign("gradients")
	}
	return nil
}
