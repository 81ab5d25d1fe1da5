// Package kernel is what generated code links: the contract between the kernels of a cell
// and the layer that runs them, the functions that kernels call, and the checks of the rows
// that assembly is given.
//
// Programs that use a cell need package runtime instead. This one is for generated packages,
// for other implementations of [Cell], and for their tests.
package kernel

import "github.com/cellgen/cellgen/runtime/internal/machine"

// Units is the number of units in a block: one AVX-512 vector of float32, or two AVX2
// vectors. A kernel computes whole blocks; a layer pads the last block of a width that is
// not a multiple of Units.
const Units = 16

// ContractV2 is named by every generated package that was generated for the contract below.
// A runtime that does not keep this contract does not declare the constant, so that a
// package which is too old or too new for it fails to compile, with the contract's name in
// the message, rather than compute something else.
const ContractV2 = true

// Cell is what distinguishes one recurrent cell from another: its description, and its
// kernels, which compute the elementwise parts between products. Generated packages and the
// interpreter implement it. Everything else is the layer's: the sequence, the products, the
// gradients of the weights.
//
// A Cell is immutable, and goroutines may share it. Kernels must not allocate memory, nor
// retain their arguments.
type Cell interface {
	// Describe returns the description of the cell, the same for every call.
	Describe() Description

	// Forward computes one stage of one time step for one block of units: from the
	// pre-activations b.Tile, the states b.Prev and what else the stage reads to the states
	// b.Next, the operands and the output that it writes, and the values b.Saved that
	// Backward and later stages need.
	Forward(stage int, b *Block)

	// Backward computes the cotangents of one stage of one time step for one block of
	// units: from b.Saved, b.Prev, the cotangents of what Forward writes, and b.Carried to
	// b.DTile and b.DPrev. A layer calls it for the stages of a step last to first.
	Backward(stage int, b *Block)
}

// Block is what a kernel reads and writes: for one block of units the rows of the batch, or for
// one row of the batch several blocks, which take the place of rows. Rows of Tile, Saved, DTile
// and Carried follow each other without gaps. Rows of states, operands, inputs and the output
// are Units wide and start Stride elements apart; they have one array for each, in the order of
// the description. A kernel uses the arrays of its stage alone; others may be nil. No array that
// a kernel writes overlaps another.
type Block struct {
	Rows         int
	Stride       int // of states, operands, inputs and the output, in elements
	VectorStride int // of vectors, in elements: 0 if all rows have the same

	Tile  []float32   // [Rows][slots][Units]: pre-activations
	Saved []float32   // [Rows][Stage.Saved][Units]: what Forward keeps for Backward and for later stages
	Prev  [][]float32 // s_{t−1} of the states that are Elementwise, else nil
	Next  [][]float32 // s_t

	DTile []float32   // [Rows][slots + len(Stage.DVectors)][Units]: cotangents of Tile, then of vectors
	DNext [][]float32 // cotangents of s_t
	DPrev [][]float32 // cotangents of s_{t−1} through elementwise uses, else nil

	Vectors   []float32   // [Stage.Vectors][Units] a row: parameters
	Inputs    [][]float32 // of Stage.Inputs: x and others; of one number a row, Units times that number, without gaps
	DInputs   [][]float32 // their cotangents through elementwise uses, unit by unit; as Flush returns them
	Operands  [][]float32 // what products of later stages multiply
	DOperands [][]float32 // their cotangents through these products
	Output    []float32   // the output, if it is not a state
	DOutput   []float32   // its cotangent
	Carried   []float32   // [Rows][Stage.Carried][Units]: what Backward keeps for the stages before
}

// VectorSet is what kernels and functions are written in: the vector instructions of a
// processor, or Go.
type VectorSet = machine.Set

// The sets of vectors that kernels exist in.
const (
	Go     = machine.Go
	AVX2   = machine.AVX2
	AVX512 = machine.AVX512
)

// Vectors returns the set in use.
func Vectors() VectorSet { return machine.Vectors() }
