package main

import (
	"fmt"
	"math"

	"github.com/cellgen/cellgen/runtime/kernel"
)

// memory is an amount of memory in bytes. No product of sizes overflows it.
type memory float64

func (m memory) String() string {
	units := []string{"bytes", "kB", "MB", "GB", "TB", "PB", "EB"}
	for len(units) > 1 && m >= 1000 {
		m, units = m/1000, units[1:]
	}
	return fmt.Sprintf("%.3g %s", float64(m), units[0])
}

// unknownMemory is what is taken to be free where the system does not say.
const unknownMemory memory = 4e9

// available returns how much memory training may take: what is free, or less if -memory says
// so.
func (c *config) available() memory {
	free, known := freeMemory()
	switch limit := memory(c.memory) * 1e6; {
	case !known && limit > 0:
		free = limit
	case !known:
		free = unknownMemory
	case limit > 0:
		free = min(free, limit)
	}
	return min(free, math.MaxInt) // what a pointer reaches
}

// checkMemory returns the memory that training leaves for the text, or an error if it would
// take more than is available. Go ends a program that asks for more than there is, and no
// error is returned from that.
func (c *config) checkMemory(available memory) (left memory, err error) {
	model, work := c.needs()
	if left := available - model - work; left >= 0 {
		return left, nil
	}
	return 0, fmt.Errorf("training takes about %v of memory (the model, its gradients and Adam's moments %v, "+
		"what a batch and an evaluation work in %v), and %v are available: use a smaller -hidden, -embed, "+
		"-layers, -batch, -steps or -shards", model+work, model, work, available)
}

// needs returns the memory that training takes: for what is as large as the parameters, and
// for what streams work in. TestNeeds compares it with what is allocated.
func (c *config) needs() (model, work memory) {
	s := c.sizes()
	shards := memory(c.shards)
	params := arrays(vocabulary*s.embed, s.hidden*vocabulary, vocabulary) + s.sum(s.weights)
	model = (3+shards)*params + s.sum(s.kept) + (1+shards)*s.layers*overhead
	tokens := 2 * 8 * memory(c.steps) * memory(c.batch)
	return model, shards*s.stream(c.steps, c.batch/c.shards) + tokens + s.stream(c.steps, 1)
}

// overhead is the bytes of a layer, and of what a stream has for it, that are not in arrays.
const overhead = 4 << 10

// arrays returns the memory of arrays of some lengths. Large ones are aligned to huge pages.
func arrays(lengths ...memory) (bytes memory) {
	const line, hugePage = 64, 2 << 20
	for _, n := range lengths {
		if bytes += 4*n + line; 4*n >= hugePage {
			bytes += hugePage
		}
	}
	return bytes
}

// sizes are the sizes of a model, whose cell's description has the slots of its products.
type sizes struct {
	embed, hidden, padded, layers memory
	stage                         kernel.Stage
	states                        memory
}

func (c *config) sizes() *sizes {
	layer, err := cells[c.cell](1, 1)
	if err != nil {
		panic(err) // no layer is smaller
	}
	d := layer.Cell().Describe()
	blocks := memory(math.Ceil(float64(c.hidden) / kernel.Units))
	return &sizes{
		memory(c.embed), memory(c.hidden), blocks * kernel.Units, memory(c.layers), d.Stages[0], memory(len(d.States)),
	}
}

// sum returns the sum over all layers of a function of a layer's input width.
func (s *sizes) sum(of func(input memory) memory) memory {
	return of(s.embed) + (s.layers-1)*of(s.hidden)
}

// weights returns the memory of a layer's weights.
func (s *sizes) weights(input memory) (bytes memory) {
	for _, p := range s.stage.Products {
		bytes += arrays(s.rows(p, input) * s.padded * memory(len(p.Sums)))
	}
	return bytes
}

// kept returns the memory of the imported weights that a layer keeps beside their sums.
func (s *sizes) kept(input memory) (bytes memory) {
	for _, p := range s.stage.Products {
		for _, sum := range p.Sums {
			if len(sum) > 1 {
				bytes += memory(len(sum)) * arrays(s.rows(p, input)*s.hidden)
			}
		}
	}
	return bytes
}

// rows returns how many values a product multiplies.
func (s *sizes) rows(p kernel.Product, input memory) memory {
	switch p.Operand {
	case kernel.X:
		return input
	case kernel.One:
		return 1
	}
	return s.padded
}

// stream returns the memory of a stream: of each layer the weights transposed, slots and
// their cotangents, states, what is saved, inputs and their cotangents, and what Backward
// transposes; and the same of the projection.
func (s *sizes) stream(chunk, batch int) memory {
	steps, rows := memory(chunk), memory(batch)
	slots, saved := memory(s.stage.Slots)*s.padded, memory(s.stage.Saved)*s.padded
	layer := func(input memory) memory {
		x := steps * rows * input
		return s.weights(input+kernel.Units) + arrays(steps*rows*slots, steps*rows*slots, steps*rows*saved, x, x, x, steps*rows*s.hidden) +
			s.states*arrays((steps+1)*rows*s.padded, 3*rows*s.padded)
	}
	h := steps * rows * s.hidden
	return s.sum(layer) + arrays(h, h, steps*rows*vocabulary, s.hidden*vocabulary, 256*s.hidden)
}
