package space

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/op"
)

// TestBase2 counts the paper's cells of base 2. (2·4)⁴·3² sequences, and by Burnside's lemma
// (36864 + 8³)/2 cells: the 8³ have equal leaves, and both indices at the root.
func TestBase2(t *testing.T) {
	for _, bias := range []bool{false, true} {
		s, err := NewTokens(2, bias)
		if err != nil {
			t.Fatal(err)
		}
		sequences, cells, err := Count(s)
		if err != nil || sequences != 36_864 || cells != 18_688 {
			t.Errorf("%s has %d sequences and %d cells, %v; want 36864 and 18688", s, sequences, cells, err)
		}
		if bias || testing.Short() {
			break
		}
	}
}

// TestTrees compares the names of random cells with what their trees look like, by a
// definition of its own: two have one name if and only if the trees are the same.
func TestTrees(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	for base := 1; base <= 5; base++ {
		s, err := NewTokens(base, false, "add", "tanh", "sin")
		if err != nil {
			t.Fatal(err)
		}
		looks, named := make(map[string]string), make(map[string]string)
		same := 0
		for range 4000 {
			choices := Random(s, r)
			if base > 2 { // most tokens equal, so that some cells are
				for i := range choices[:4*base] {
					choices[i] *= min(1, r.IntN(6)) ^ 1
				}
			}
			name, err := s.Canonical(choices)
			if err != nil {
				t.Fatal(err)
			}
			tree := look(s.spec("Cell", choices).Cell, 2*base-2)
			if other, ok := looks[name]; ok && other != tree {
				t.Fatalf("base %d: %s and %s have one name", base, other, tree)
			}
			if other, ok := named[tree]; ok && other != name {
				t.Fatalf("base %d: %s has two names, %s and %s", base, tree, name, other)
			}
			if looks[name] != "" {
				same++
			}
			looks[name], named[tree] = tree, name
		}
		if same < 100 {
			t.Errorf("base %d: only %d cells came twice", base, same)
		}
	}
}

// look writes the tree below a node, the operands of all combinations sorted, as all of the
// table's commute.
func look(c *cell.Cell, k int) string {
	n := c.Nodes[k]
	text := n.Combine.Name
	if n.Left != cell.None {
		operands := []string{look(c, n.Left), look(c, n.Right)}
		slices.Sort(operands)
		text += "[" + strings.Join(operands, ",") + "]"
	}
	if k == c.CIdx {
		text = "c:" + text
	}
	if text += n.Activate.Name; k == c.InjIdx {
		text = fmt.Sprintf("(%s c)%s%s", text, c.Inject.Combine, c.Inject.Activate)
	}
	return text
}

// TestCommute holds look to the table.
func TestCommute(t *testing.T) {
	for _, o := range op.Table() {
		if o.Kind == op.Combination && !o.Commutes {
			t.Errorf("%s does not commute", o)
		}
	}
}

// TestDAGCounts compares the cells of small DAGs with the number of rooted trees whose edges
// have one of k colours: A000081 and A000151 of the OEIS.
func TestDAGCounts(t *testing.T) {
	for _, c := range []struct {
		activations string
		cells       []int // with 1, 2, 3 … nodes
	}{
		{"tanh", []int{1, 2, 4, 9, 20}},
		{"tanh relu", []int{2, 7, 26}},
	} {
		sequences := 1
		for i, want := range c.cells {
			words := strings.Fields(c.activations)
			s, err := NewDAG(i+1, "", words...)
			if err != nil {
				t.Fatal(err)
			}
			sequences *= (i + 1) * len(words)
			all, cells, err := Count(s)
			if err != nil || all != sequences || cells != want {
				t.Errorf("%s has %d sequences and %d cells, %v; want %d and %d", s, all, cells, err, sequences, want)
			}
		}
	}
}
