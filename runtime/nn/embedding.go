package nn

import (
	"errors"
	"fmt"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// Embedding is a table [V][E] with one vector for each token: a matrix that one-hot vectors
// multiply.
type Embedding struct {
	vocabulary, width int
	table             []float32
}

// NewEmbedding returns a table of V = vocabulary vectors of E = width values. They are
// Glorot uniform, within ±√(6/(1+E)), as a one-hot vector has one input that counts, unless
// [Initial] or [Like] say otherwise.
//
// It is an error if a size is below 1 or the product of the sizes too large, or if an option is
// wrong.
func NewEmbedding(vocabulary, width int, options ...Option) (*Embedding, error) {
	e := &Embedding{vocabulary: vocabulary, width: width}
	err := check.Positive("vocabulary", vocabulary)
	if err == nil {
		err = check.Positive("width", width)
	}
	if err == nil {
		err = matrix.Allocate([]matrix.Allocation{{Array: &e.table, Sizes: []int{vocabulary, width}}})
	}
	if o := newOptions(options); err == nil {
		err = o.draw(e.drawn())
	}
	if err != nil {
		return nil, fmt.Errorf("nn: NewEmbedding: %w", err)
	}
	return e, nil
}

// Vocabulary returns V, the number of tokens.
func (e *Embedding) Vocabulary() int { return e.vocabulary }

// Width returns E, the width of a token's vector.
func (e *Embedding) Width() int { return e.width }

// Forward copies the vectors of tokens [rows], each in 0..V−1, to y [rows][E].
//
// It is an error, and nothing changes, if a token is out of range, if a size does not fit, or
// if y overlaps the table.
func (e *Embedding) Forward(tokens []int, y []float32) error {
	err := e.check("y", tokens, y)
	if err == nil {
		err = check.Apart(check.Of("y", y), check.Of("table", e.table))
	}
	if err != nil {
		return fmt.Errorf("nn: Embedding Forward: %w", err)
	}
	for i, token := range tokens {
		e.forward(token, y[i*e.width:])
	}
	return nil
}

// forward copies the vector of a token.
func (e *Embedding) forward(token int, y []float32) { copy(y[:e.width], e.row(e.table, token)) }

// Backward adds the cotangents dy [rows][E] of the vectors of tokens [rows] to the
// gradients in params, which may have the parameters of other parts of the model too.
//
// It is an error, and nothing changes, if a token is out of range, if a size does not fit,
// or if params has no gradients of this Embedding, or they overlap dy or are in use by another goroutine.
func (e *Embedding) Backward(tokens []int, dy []float32, params runtime.Params) error {
	err := e.check("dy", tokens, dy)
	table := params.Gradient(e.table)
	if err == nil && table == nil {
		err = errors.New("the parameters have no gradients of this Embedding")
	}
	if err == nil {
		err = check.Apart(check.Of("dy", dy), check.Of("gradients of table", table), check.Of("table", e.table))
	}
	if err == nil {
		err = params.Acquire(e.table)
	}
	if err != nil {
		return fmt.Errorf("nn: Embedding Backward: %w", err)
	}
	defer params.Release(e.table)
	for i, token := range tokens {
		e.backward(token, dy[i*e.width:], table)
	}
	return nil
}

// backward adds the cotangents of a token's vector to the gradients of the table.
func (e *Embedding) backward(token int, dy, table []float32) {
	sum := e.row(table, token)
	for j, v := range dy[:e.width] {
		sum[j] += v
	}
}

// Params returns the table, without gradients. Given a path such as embedding it is named
// embedding.table [V][E]. The array is the embedding's own, not a copy.
func (e *Embedding) Params(path string) runtime.Params {
	return runtime.Params{{Name: path + ".table", Shape: []int{e.vocabulary, e.width}, Value: e.table}}
}

// row returns the row of a token in a table.
func (e *Embedding) row(table []float32, token int) []float32 {
	return table[token*e.width : (token+1)*e.width]
}

func (e *Embedding) check(name string, tokens []int, y []float32) error {
	if err := check.Len(name, len(y), "tokens·width", len(tokens), e.width); err != nil {
		return err
	}
	return check.Indexes("tokens", tokens, "tokens in the vocabulary", e.vocabulary)
}
