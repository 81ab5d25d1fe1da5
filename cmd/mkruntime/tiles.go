package main

import (
	"fmt"

	"github.com/cellgen/cellgen/gen/emit/amd64"
)

// tileRows is the most rows of a register tile: with fewer, loads of B would bound it,
// with more, sums would not stay in registers.
const tileRows = 6

// streamRows is the most rows of a product that is bound by reading B. Its kernels
// take B as fast as memory gives it, and there are some for a B in half precision.
const streamRows = 3

// widest are the most vectors that tiles of 1, 2, … rows have side by side, if there are
// registers for more. With few rows, loads of B bound a tile, the wider the closer they
// follow each other.
var widest = [tileRows]int{12, 8, 6, 4, 4, 4}

// maxColumns returns the most vectors side by side of a tile of some rows. Registers hold its
// sums, one value of A, and a row of B; of a single row's B, one vector at a time.
func (v vector) maxColumns(rows int) int {
	if rows == 1 {
		return min(widest[0], v.Registers-2)
	}
	return min(widest[rows-1], (v.Registers-1)/(rows+1))
}

// shape is a tile's: its rows and its columns in vectors, whether it is one of fewer
// columns than a vector has, and whether B's elements are half floats.
type shape struct {
	rows, columns int
	tail, half    bool
}

// kernel returns the name of the function for a shape.
func (v vector) kernel(s shape) string {
	kind := "tile"
	if s.half {
		kind = "half"
	}
	if s.tail {
		return fmt.Sprintf("%s%s_%dtail", kind, v.Name, s.rows)
	}
	return fmt.Sprintf("%s%s_%dx%d", kind, v.Name, s.rows, s.columns)
}

// tiles emits the kernels of all shapes.
func (v vector) tiles() {
	for rows := 1; rows <= tileRows; rows++ {
		for columns := 1; columns <= v.maxColumns(rows); columns++ {
			v.tile(shape{rows: rows, columns: columns})
			if rows <= streamRows {
				v.tile(shape{rows: rows, columns: columns, half: true})
			}
		}
		v.tile(shape{rows: rows, columns: 1, tail: true})
	}
}

// writeProducts writes what products, and what goes with them, take.
func writeProducts(pkg string) (assembly, stubs []byte, err error) {
	f := amd64.NewFile()
	sets := vectors(f)
	for _, v := range sets {
		v.tiles()
	}
	for _, v := range sets {
		v.add()
	}
	sets[len(sets)-1].transpose() // bound by loads and stores, not by its vectors
	return f.Print(pkg)
}
