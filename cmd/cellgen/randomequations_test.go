package main

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/widths"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/soak"
)

var equationsFlag = flag.String("equations", "", "compare only this `case`, which TestRandomEquations has printed")

// TestRandomEquations compares random cells of equations, 500 of one program at a time, as
// TestEquations does. A cell that fails is shrunk, and printed as a command that reproduces the
// failure.
func TestRandomEquations(t *testing.T) {
	if *equationsFlag != "" {
		e, err := parseEquationCase(*equationsFlag)
		if err != nil {
			t.Fatal(err)
		}
		compareEquations(t, []*equationCase{e})
		return
	}
	const atOnce = 250
	cells := soak.Cases(500, 10_000)
	for first := 0; first < cells; first += atOnce {
		r := rand.New(rand.NewPCG(2026, 1611+uint64(first)))
		cases := make([]*equationCase, min(atOnce, cells-first))
		for i := range cases {
			cases[i] = &equationCase{cell: equation.Random(r, i%7), seed: uint64(first + i), drawing: uniformInputs}
			cases[i].Size = randomSize(r, cases[i].cell)
		}
		compareEquations(t, cases)
	}
}

// randomSize draws widths around the edges of blocks.
func randomSize(r *rand.Rand, c *equation.Cell) interp.Size {
	pick := func() int { return []int{1, 3, 7, 16, 17, 33}[r.IntN(6)] }
	s := interp.Size{Steps: 3, Batch: pick(), Input: pick(), Hidden: pick(), Widths: make(map[string]int)}
	for _, name := range freeWidths(&c.Lower().Cell) {
		s.Widths[name] = pick()
	}
	return s
}

// compareEquations compares the cases in one program. The first that fails is shrunk.
func compareEquations(t *testing.T, cases []*equationCase) {
	t.Helper()
	var cells []*equation.Cell
	for _, e := range cases {
		cells = append(cells, e.cell)
	}
	program, err := startEquations(cells)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := program.close(); err != nil {
			t.Error(err)
		}
	}()
	failed := 0
	for i, e := range cases {
		err := e.compare(program, nameIn(i))
		if err == nil {
			continue
		}
		t.Errorf("%s\n%s, seed %d: %v", e.cell, sizeText(e.Size), e.seed, err)
		if failed++; failed == 1 && *equationsFlag == "" { // one is enough to find the mistake
			e.variant = blamed(err)
			t.Errorf("the smallest cell that fails; to reproduce it:\n%s", e.shrunk(time.Now().Add(time.Minute)).command())
		}
	}
}

// shrunk returns the case with the smallest cell that fails, as far as it is found before a
// deadline.
func (e *equationCase) shrunk(deadline time.Time) *equationCase {
	small := *e
	small.cell = shrinkEquations(e.cell, func(list []*equation.Cell) int {
		for from := 0; from < len(list) && time.Now().Before(deadline); from += 40 {
			some := list[from:min(from+40, len(list))]
			if i := e.firstFailing(some); i >= 0 {
				return from + i
			}
		}
		return -1
	})
	return &small
}

// firstFailing returns the place of the first cell that fails as the case does, or -1.
func (e *equationCase) firstFailing(cells []*equation.Cell) int {
	program, err := startEquations(cells)
	if err != nil {
		return -1
	}
	defer func() { _ = program.close() }()
	return slices.IndexFunc(cells, func(c *equation.Cell) bool {
		try := *e
		try.cell = c
		try.Widths = maps.Clone(e.Widths)
		for _, name := range freeWidths(&gen.Define(c).Cell) {
			if try.Widths[name] == 0 {
				return false
			}
		}
		return isBlamed(try.compare(program, nameIn(slices.Index(cells, c))), e.variant)
	})
}

// command returns the command that compares the case alone.
func (e *equationCase) command() string {
	return fmt.Sprintf("go test ./cmd/cellgen -run TestRandomEquations -equations '%s'\n%s", e, e.cell)
}

// String returns what parseEquationCase reads. It has no quote that a shell would end at.
func (e *equationCase) String() string {
	variant := e.variant
	if variant == "" {
		variant = "any"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %d %d %d %d", variant, e.Steps, e.Batch, e.Input, e.Hidden, e.seed)
	for _, name := range slices.Sorted(maps.Keys(e.Widths)) {
		fmt.Fprintf(&b, " %s=%d", name, e.Widths[name])
	}
	return b.String() + " " + strings.ReplaceAll(strconv.QuoteToASCII(e.cell.String()), "'", `\x27`)
}

func parseEquationCase(recorded string) (*equationCase, error) {
	head, text, ok := strings.Cut(recorded, ` "`)
	source, err := strconv.Unquote(`"` + text)
	if !ok || err != nil {
		return nil, fmt.Errorf("-equations: no quoted cell: %w", err)
	}
	e := &equationCase{drawing: uniformInputs, Size: interp.Size{Widths: make(map[string]int)}}
	if e.cell, err = equation.Read("-equations", []byte(source)); err != nil {
		return nil, err
	}
	in := strings.NewReader(head)
	if _, err := fmt.Fscan(in, &e.variant, &e.Steps, &e.Batch, &e.Input, &e.Hidden, &e.seed); err != nil {
		return nil, fmt.Errorf("-equations: %w", err)
	}
	if e.variant == "any" {
		e.variant = ""
	}
	for _, width := range strings.Fields(head)[6:] {
		if err := widths.Flag(e.Widths).Set(width); err != nil {
			return nil, fmt.Errorf("-equations: %w", err)
		}
	}
	return e, nil
}

// TestEquationCaseReadsBack prints cases, and reads them.
func TestEquationCaseReadsBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		c := equation.Random(r, r.IntN(4))
		e := &equationCase{cell: c, Size: randomSize(r, c), seed: r.Uint64(), variant: "avx2"}
		again, err := parseEquationCase(e.String())
		if err != nil || again.String() != e.String() || again.cell.String() != c.String() || strings.Contains(e.String(), "'") {
			t.Errorf("%s\nreads back as %v: %v", e, again, err)
		}
	}
}

// TestEquationsCatch plants a mistake in the assembly of one set of vectors, and expects that set
// to be blamed, and a small cell to be left.
func TestEquationsCatch(t *testing.T) {
	e := &equationCase{cell: readCell(t, "../../gen/equation/testdata/oracle/MGU.cell"), Size: interp.Size{Steps: 2, Batch: 3, Input: 4, Hidden: 17}, seed: 7, drawing: uniformInputs}
	files, err := gen.Compile(e.cell, nil).Generate()
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		if at := strings.Index(string(f.Data), "TEXT ·forward1AVX2"); at >= 0 {
			files[i].Data = []byte(string(f.Data[:at]) + strings.Replace(string(f.Data[at:]), "VADDPS", "VSUBPS", 1))
		}
	}
	program, err := startCells(t.Context(), map[string][]gen.File{"0": files}, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := e.compare(program, "0"); blamed(err) != "avx2" {
		t.Errorf("a mistake of AVX2 is blamed on %q: %v", blamed(err), err)
	}
	if err := program.close(); err != nil {
		t.Error(err)
	}
}
