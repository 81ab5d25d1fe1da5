package nn

import (
	"slices"

	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/runtime"
)

func exampleLinear(units int) example {
	return example{Linear(units), func(r *stackReference, x sequenceOf) sequenceOf {
		name := r.next()
		kernel, bias := r.params[name+".kernel"], r.params[name+".bias"]
		return r.each(x, func(_, _ int, x []float64) []float64 {
			y := slices.Clone(bias)
			for i, v := range x {
				for u := range y {
					y[u] += v * kernel[i*units+u]
				}
			}
			return y
		})
	}}
}

func exampleDropout(rate float64, variational bool) example {
	part := Dropout(rate)
	if variational {
		part = VariationalDropout(rate)
	}
	return example{part, func(r *stackReference, x sequenceOf) sequenceOf {
		r.masks++
		m := newMasks(rate, r.masks)
		return r.each(x, func(t, row int, x []float64) []float64 {
			y := slices.Clone(x)
			if r.sequences == nil {
				return y
			}
			q := r.sequences[row]
			if q.step += uint64(t); variational {
				q.step = 0
			}
			for u, v := range m.maskOf(q, len(y)) {
				y[u] *= v
			}
			return y
		})
	}}
}

func exampleResidual(parts ...example) example {
	return example{Residual(partsOf(parts)...), func(r *stackReference, x sequenceOf) sequenceOf {
		inner := r.runAll(parts, x)
		return r.each(x, func(t, row int, x []float64) []float64 {
			y := slices.Clone(inner[t][row])
			for u := range y {
				y[u] += x[u]
			}
			return y
		})
	}}
}

func partsOf(examples []example) (parts []Part) {
	for _, e := range examples {
		parts = append(parts, e.part)
	}
	return parts
}

func exampleGRU(hidden int, options ...runtime.Option) example {
	return example{Recurrent(gru.New, hidden, options...), func(r *stackReference, x sequenceOf) sequenceOf {
		return r.recur(r.next(), refGRU, false, x)
	}}
}

func exampleBidirectional(hidden int, options ...runtime.Option) example {
	return example{Bidirectional(gru.New, hidden, options...), func(r *stackReference, x sequenceOf) sequenceOf {
		name := r.next()
		forward, backward := r.recur(name+".forward", refGRU, false, x), r.recur(name+".backward", refGRU, true, x)
		return r.each(x, func(t, row int, _ []float64) []float64 { return slices.Concat(forward[t][row], backward[t][row]) })
	}}
}

// exampleRecurrentDropout drops in a part.
func exampleRecurrentDropout(rate float64, of example) example {
	return example{RecurrentDropout(rate, of.part), func(r *stackReference, x sequenceOf) sequenceOf {
		r.recurrentRate = rate
		defer func() { r.recurrentRate = 0 }()
		return of.run(r, x)
	}}
}

func exampleEmbed(width int) example {
	return example{Embed(width), func(r *stackReference, x sequenceOf) sequenceOf {
		return r.each(x, func(_, _ int, x []float64) []float64 {
			return r.params["embedding.table"][int(x[0])*width:][:width]
		})
	}}
}

func exampleTied() example {
	return example{Tied(), func(r *stackReference, x sequenceOf) sequenceOf {
		table, bias := r.params["embedding.table"], r.params[r.next()+".bias"]
		return r.each(x, func(_, _ int, x []float64) []float64 { return apply(table, x, bias) })
	}}
}
