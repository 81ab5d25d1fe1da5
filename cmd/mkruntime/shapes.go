package main

import (
	"fmt"

	"github.com/cellgen/cellgen/gen/emit/amd64"
)

// maxRows is the most rows of a register tile: with fewer, loads of B would bound the
// product; with more, the sums would not fit into registers.
const maxRows = 6

// streamRows is the most rows of a product that is bound by reading B. The micro-kernels
// for so few rows take B as fast as memory delivers it, and also exist for a B in half
// precision.
const streamRows = 3

// widest has, for register tiles of 1, 2, … rows, the most vectors side by side, given
// enough registers. With few rows, loads of B bound the product, and run faster the more
// of them follow each other.
var widest = [maxRows]int{12, 8, 6, 4, 4, 4}

// maxColumns returns the most vectors side by side in a register tile of some rows.
// Registers hold its sums, one value of A and a row of B; a single row's B is held one
// vector at a time.
func (v vector) maxColumns(rows int) int {
	if rows == 1 {
		return min(widest[0], v.Registers-2)
	}
	return min(widest[rows-1], (v.Registers-1)/(rows+1))
}

// shape is the shape of a register tile: its rows, its columns in vectors, whether it is
// a tail of fewer columns than a vector has, and whether the elements of B are halves.
type shape struct {
	rows, columns int
	tail, half    bool
}

// microKernelName returns the name of the function for a shape.
func (v vector) microKernelName(s shape) string {
	name := "mulAdd"
	if s.half {
		name = "mulAddHalf"
	}
	if s.tail {
		return fmt.Sprintf("%s%s_%dtail", name, v.Name, s.rows)
	}
	return fmt.Sprintf("%s%s_%dx%d", name, v.Name, s.rows, s.columns)
}

// microKernels emits the micro-kernels of all shapes.
func (v vector) microKernels() {
	for rows := 1; rows <= maxRows; rows++ {
		for columns := 1; columns <= v.maxColumns(rows); columns++ {
			v.microKernel(shape{rows: rows, columns: columns})
			if rows <= streamRows {
				v.microKernel(shape{rows: rows, columns: columns, half: true})
			}
		}
		v.microKernel(shape{rows: rows, columns: 1, tail: true})
	}
	for columns := 1; columns <= v.maxColumns(1); columns++ {
		v.panels(columns, false)
		v.panels(columns, true)
	}
}

// writeProducts writes the assembly of products, sums and transposition.
func writeProducts(pkg string) (assembly, stubs []byte, err error) {
	f := amd64.NewFile()
	sets := vectors(f)
	for _, v := range sets {
		v.microKernels()
	}
	for _, v := range sets {
		v.add()
		v.tiny()
	}
	sets[len(sets)-1].transpose() // bound by loads and stores, not by the width of vectors
	return f.Print(pkg)
}
