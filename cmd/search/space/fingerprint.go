package space

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/pass"
)

// fingerprint returns the name of a lowered cell: a hash of its simplified graph that does not
// depend on the order of operands that commute, nor on what values and parameters are called.
// It simplifies f itself.
//
// What is hashed describes the whole graph, so that cells with one name are the same. That
// the same cells have one name is certain for trees; graphs where colours leave a choice, as
// regular ones do, may get several.
func fingerprint(f *ir.Func) string {
	for _, p := range []func(*ir.Func) error{pass.Simplify, pass.EliminateCommon, pass.EliminateDead} {
		if err := p(f); err != nil {
			panic(fmt.Sprintf("space: %v\n%s", err, f))
		}
	}
	g := newGraph(f)
	g.colour()
	sum := sha256.Sum256([]byte(g.text()))
	return fmt.Sprintf("Cell%x", sum[:8])
}

// graph is a cell's graph in which values, slots, terms and parameters are alike: vertices with
// a label and operands. The last is the root.
type graph []vertex

type vertex struct {
	label    string
	operands []int
	commutes bool
	colour   uint64
}

func (g *graph) add(commutes bool, label string, operands ...int) int {
	*g = append(*g, vertex{label: label, operands: operands, commutes: commutes})
	return len(*g) - 1
}

// newGraph returns the graph of f, without any names.
func newGraph(f *ir.Func) graph {
	var g graph
	params := make([]int, len(f.Params))
	for i, p := range f.Params {
		params[i] = g.add(false, fmt.Sprint("param", p.Shape, p.Initial, p.Args))
	}
	at := make(map[*ir.Value]int)
	operand := func(p ir.Port) int {
		if p.Kind == ir.Operands {
			return at[f.Result(p)]
		}
		return g.add(false, fmt.Sprint("port", p.Kind, p.Index))
	}
	for _, v := range f.Values {
		switch {
		case v.Port.Kind == ir.SlotIn:
			var terms []int
			slot := f.Slots[v.Port.Index]
			for _, t := range slot.Terms {
				terms = append(terms, g.add(false, fmt.Sprint("term", t.Transposed), params[t.Param], operand(t.Operand)))
			}
			at[v] = g.add(true, "slot"+slot.Width, terms...)
		case v.Port.Kind == ir.Vector:
			r := f.Vectors[v.Port.Index]
			at[v] = g.add(false, "vector"+r.Width, params[r.Index])
		case v.IsInput():
			at[v] = operand(v.Port)
		case v.IsConst():
			at[v] = g.add(false, fmt.Sprintf("const%x", math.Float64bits(v.Const)))
		default:
			var args []int
			for _, a := range v.Args {
				args = append(args, at[a])
			}
			at[v] = g.add(v.Op.Commutes, v.Op.Name, args...)
		}
	}
	var results []int
	for _, r := range f.Results {
		if r.Port.Kind != ir.Operands {
			results = append(results, g.add(false, fmt.Sprint("result", r.Port), at[r.Value]))
		}
	}
	for _, s := range f.States {
		results = append(results, g.add(false, fmt.Sprint("state", s.Width, s.Initial, s.Output)))
	}
	g.add(false, fmt.Sprint("cell", f.Sizes, f.Inputs, f.Output), results...)
	return g
}

// colour gives vertices colours, equal for those that look alike from where they stand: it
// refines them by what they are made of and what they are used in until no class splits
// (Weisfeiler & Leman 1968).
func (g graph) colour() {
	for i, v := range g {
		for _, c := range []byte(v.label) {
			g[i].colour = combine(g[i].colour, uint64(c))
		}
	}
	for classes, last := g.classes(), 0; classes > last; {
		next := make([]uint64, len(g))
		users := make([][]uint64, len(g))
		for i, v := range g {
			own := make([]uint64, len(v.operands))
			for k, o := range v.operands {
				own[k] = g[o].colour
				place := k
				if v.commutes {
					place = 0
				}
				users[o] = append(users[o], combine(v.colour, uint64(place)))
			}
			if v.commutes {
				slices.Sort(own)
			}
			next[i] = combine(v.colour, own...)
		}
		for i := range g {
			slices.Sort(users[i])
			g[i].colour = combine(next[i], users[i]...)
		}
		last, classes = classes, g.classes()
	}
}

func (g graph) classes() int {
	seen := make(map[uint64]bool, len(g))
	for _, v := range g {
		seen[v.colour] = true
	}
	return len(seen)
}

// text writes the graph from its root. Operands that commute are in the order of their
// colours, those that have been written first.
func (g graph) text() string {
	var b strings.Builder
	numbers := make([]int, len(g)) // in the order of writing, from 1
	count := 0
	var write func(i int)
	write = func(i int) {
		if numbers[i] > 0 {
			fmt.Fprintf(&b, "#%d ", numbers[i])
			return
		}
		count++
		numbers[i] = count
		fmt.Fprintf(&b, "%q(", g[i].label)
		operands := slices.Clone(g[i].operands)
		if g[i].commutes {
			slices.SortStableFunc(operands, func(x, y int) int {
				return cmp.Or(cmp.Compare(g[x].colour, g[y].colour), cmp.Compare(numbers[y], numbers[x]))
			})
		}
		for _, o := range operands {
			write(o)
		}
		b.WriteString(")")
	}
	write(len(g) - 1)
	return b.String()
}

// combine hashes a colour and some others, in order: FNV-1a over words, mixed.
func combine(colour uint64, others ...uint64) uint64 {
	h := uint64(14695981039346656037)
	h = (h ^ colour) * 1099511628211
	for _, o := range others {
		h = (h ^ o) * 1099511628211
		h ^= h >> 29
	}
	return h ^ h>>32
}
