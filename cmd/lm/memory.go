package main

import (
	"fmt"
	"math"

	"github.com/cellgen/cellgen/runtime"
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
	model, work, err := c.needs()
	if err != nil {
		return 0, fmt.Errorf("training takes more memory than there can be: %w", err)
	}
	if left := available - model - work; left >= 0 {
		return left, nil
	}
	return 0, fmt.Errorf("training takes about %v of memory (the model, its gradients and Adam's moments %v, "+
		"what a batch and an evaluation work in %v), and %v are available: use a smaller -hidden, -embed, "+
		"-layers, -batch, -steps or -shards", model+work, model, work, available)
}

// needs returns the memory that training takes: for what is as large as the parameters, and
// for what streams work in. TestNeeds compares it with what is allocated. It is an error if a
// part alone is larger than anything can be.
func (c *config) needs() (model, work memory, err error) {
	rows, shards := c.batch/c.shards, memory(c.shards)
	shard, err := c.measure(c.steps, rows)
	if err != nil {
		return 0, 0, err
	}
	evaluation, err := c.measure(c.steps, 1)
	if err != nil {
		return 0, 0, err
	}
	output := memory(c.output())
	params := shard.weights + arrays(vocabulary*memory(c.embed), output*vocabulary, vocabulary)
	model = (3+shards)*params + shard.imported + (1+shards)*c.overhead()
	tokens := 2 * 8 * memory(c.steps) * memory(c.batch)
	work = shards*(shard.stream+c.use.scratch(rows)) + evaluation.stream + tokens
	return rounding * model, rounding * work, nil
}

// rounding is what Go takes for an array of a size that it has not, at most on average.
const rounding = 1 + 1./32

// measured is the memory of all layers.
type measured struct {
	weights, imported memory
	stream            memory // what a stream works in, with the embedding and the projection
}

// measure returns the memory of layers, and of a stream of some steps of batch rows.
func (c *config) measure(steps, batch int) (m measured, err error) {
	rows, output := memory(steps)*memory(batch), memory(c.output())
	add := func(layers memory, input int) error {
		one, err := runtime.Measure(c.use, input, c.hidden, steps, batch, c.options()...)
		x := rows * memory(input)
		m.weights += layers * memory(one.Weights)
		m.imported += layers * memory(one.Imported)
		m.stream += layers * (memory(one.Workspace+one.State) + arrays(x, x))
		return err
	}
	err = add(1, c.embed)
	if c.layers > 1 && err == nil {
		err = add(memory(c.layers-1), c.output())
	}
	m.stream += arrays(rows*output, rows*output, rows*vocabulary, output*vocabulary, vocabulary*output)
	return m, err
}

// overhead returns the bytes of all layers, or of what a stream has for them, that are not in
// arrays.
func (c *config) overhead() memory {
	d := c.use.Describe()
	return memory(c.layers) * memory(4<<10+len(d.Params)<<8+len(d.Stages)<<11)
}

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
