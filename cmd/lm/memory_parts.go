package main

import "github.com/cellgen/cellgen/cmd/internal/language"

// linear is a projection between two widths.
type linear struct{ input, output memory }

// shape is the model apart from its recurrent layers.
type shape struct {
	symbols, embed memory
	values         []memory // the widths of what parts hand on, except for the logits
	repeated       []memory // the same of each layer after the first
	linears        []linear
	layers         memory // how often there are repeated values and linears
	tied           bool
}

// shapeOf returns the model's shape, given a vocabulary of some symbols.
func (s *subject) shapeOf(symbols int) shape {
	output, between := memory(language.Output(s.use, s.Options.Options)), memory(s.between())
	all := shape{symbols: memory(symbols), embed: memory(s.Embed), layers: memory(s.Layers), tied: s.Tied}
	all.values, all.repeated = []memory{all.embed}, []memory{output}
	if s.Project > 0 {
		all.repeated = append(all.repeated, between)
		all.linears = append(all.linears, linear{output, between})
	}
	if all.tied && between != all.embed {
		all.values = append(all.values, all.embed) // that a projection maps to
	}
	return all
}

// head returns the projections that the model has once.
func (s shape) head() (all []linear) {
	last := s.repeated[len(s.repeated)-1]
	switch {
	case !s.tied:
		return []linear{{last, s.symbols}}
	case last != s.embed:
		all = append(all, linear{last, s.embed})
	}
	return append(all, linear{s.embed, s.symbols})
}

// weights returns the memory of the embedding and the projections.
func (s shape) weights() memory {
	all := arrays(s.symbols * s.embed)
	for _, l := range s.linears {
		all += s.layers * arrays(l.input*l.output, l.output)
	}
	for i, l := range s.head() {
		if s.tied && i == len(s.head())-1 {
			all += arrays(l.output) // the kernel is the embedding's
			continue
		}
		all += arrays(l.input*l.output, l.output)
	}
	return all
}

// training returns the memory in which a shard works, beside the layers' own.
func (s shape) training(steps, batch int) memory {
	rows := memory(steps) * memory(batch)
	all := arrays(rows*s.symbols, rows*s.symbols) // the logits, and their cotangents at the top
	widest := memory(0)
	for _, width := range s.values {
		all += arrays(rows * width)
		widest = max(widest, width)
	}
	for _, width := range s.repeated {
		all += s.layers * arrays(rows*width)
		widest = max(widest, width)
	}
	all += 2 * arrays(rows*widest)
	for _, l := range s.linears {
		all += s.layers * l.scratch(rows)
	}
	for _, l := range s.head() {
		all += l.scratch(rows)
	}
	return all
}

// inference returns the memory in which an evaluation of one row works, beside the
// layers' own.
func (s shape) inference(steps int) memory {
	rows := memory(steps)
	widest := s.embed
	for _, width := range s.repeated {
		widest = max(widest, width)
	}
	all := arrays(rows*s.symbols, rows*widest, rows*widest)
	if s.tied {
		for _, l := range s.head() {
			all += l.scratch(rows)
		}
	}
	return all
}

// scratch returns the memory of a projection's transposed kernel, and of some rows of its input.
func (l linear) scratch(rows memory) memory {
	return arrays(l.input*l.output, min(rows, 256)*l.input)
}
