package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/probe"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
)

// strictRows is runtime/kernel/rows.go of a runtime in which what assembly writes
// begins as garbage, and what it reads is a copy of what it says that it reads, in garbage.
const strictRows = `package kernel

import (
	"math"
	"unsafe"
)

func RowsIn(x []float32, r, rows, stride, width int) *float32 {
	read := make([]float32, len(x))
	for i := range read {
		read[i] = float32(math.NaN())
	}
	for row := r; row < rows; row++ {
		copy(read[row*stride:][:width], x[row*stride:])
	}
	return unsafe.SliceData(read[r*stride:])
}

func RowsOut(x []float32, r, rows, stride, width int) *float32 {
	for row := r; row < rows; row++ {
		for i := range width {
			x[row*stride+i] = float32(math.NaN())
		}
	}
	return unsafe.SliceData(x[r*stride:])
}

func RowsInOut(x []float32, r, rows, stride, width int) *float32 {
	return unsafe.SliceData(x[r*stride:][:width])
}
`

// toldCases returns cells of equations, of one stage and of several, in one width or more.
func toldCases(t *testing.T) (cases []*equationCase) {
	for i, file := range []string{"sLSTM", "CfC", "LSTMP", "QRNNfo2", "SRU", "IndRNN", "GRU", "RHN3"} {
		c := readCell(t, "../../gen/equation/testdata/oracle/"+file+".cell")
		size := interp.Size{Steps: 2, Batch: 1 + 102*i, Input: 2, Hidden: 17, Widths: awkwardWidths(&c.Lower().Cell, nil, i)}
		cases = append(cases, &equationCase{cell: c, Size: size, drawing: uniformInputs})
	}
	return cases
}

// TestRowsAreTold compares generated cells on that runtime. One that reads what it
// says that it writes would read garbage, and one that writes what it says that it
// reads would lose it: so the race detector is told the truth.
func TestRowsAreTold(t *testing.T) {
	source, err := probe.Required(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cases := toldCases(t)
	strict := t.TempDir()
	for _, folder := range []string{"runtime", "gen", "cmd/cellgen/harness"} {
		if err := os.CopyFS(filepath.Join(strict, folder), os.DirFS(filepath.Join(source, folder))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(source, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(strict, name), data, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(strict, "runtime/kernel/rows.go"), []byte(strictRows), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Chdir(strict) // programs are built with the module here

	r := rand.New(rand.NewPCG(20, 17))
	specs := make([]*cell.Spec, 6)
	for i := range specs {
		specs[i] = &cell.Spec{Name: fmt.Sprintf("Told%d", i), Package: fmt.Sprintf("told%d", i), Bias: i%2 == 0, Cell: cell.Random(r, 1+i)}
	}
	compareCells(t, specs, "", func(i int) (interp.Size, uint64) {
		return interp.Size{Steps: 2, Batch: 1 + 102*i, Input: 2, Hidden: 17}, uint64(i) // more rows than a call of assembly takes
	})
	compareEquations(t, cases)
}
