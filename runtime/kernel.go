package runtime

// BlockUnits is the number of hidden units in a block: one AVX-512 vector of
// float32, two AVX2 vectors. A kernel computes whole blocks; a layer pads the
// last block of a hidden size that is no multiple of it.
const BlockUnits = 16

// KernelContractV1 is named by every generated package that was written for
// the contract below. A runtime that no longer honours the contract does not
// declare it, so a package that is too old or too new fails to compile here,
// by name, rather than compute something else.
const KernelContractV1 = true

// Kernel is the elementwise part of a recurrent cell, from the pre-activations
// of one block of units to its new state, and back. Generated packages and the
// interpreter both implement it; everything that is not cell-specific (the
// sequence, the products, the weight gradients) is the Layer's.
//
// A Kernel is immutable and may be shared by goroutines. It allocates nothing,
// keeps none of its arguments, and may rely on them not overlapping.
type Kernel interface {
	// Name is the cell's name, for messages.
	Name() string

	// Leaves is N, the number of leaves of the token sequence: weights are
	// exchanged with the outside per leaf (see Weights).
	Leaves() int

	// Bias reports whether leaves have a bias, always on the recurrent side.
	Bias() bool

	// Slots describes the tile, slot by slot. Slot s of a unit is
	//
	//	Σ x·W_l over l in input[s]  +  Σ (h·U_l + b_l) over l in recurrent[s]
	//
	// Both lists have one entry a slot, and an entry may be empty but not both
	// of a slot's. Slots with an input side alone come first, those with both
	// sides next, those with a recurrent side alone last, so that each product
	// writes one contiguous range of slots.
	Slots() (input, recurrent [][]int)

	// Saved is V, the number of values per unit that Forward keeps for
	// Backward.
	Saved() int

	// Forward computes one block of units for rows batch rows: from the tile of
	// pre-activations [rows][slots][16] and c_{t-1} to h_t, c_t and the saved
	// values [rows][V][16]. Rows of cPrev, h and c are 16 wide and start
	// stride elements apart.
	Forward(rows int, tile, cPrev, saved, h, c []float32, stride int)

	// Backward computes the cotangents of one block of units for rows batch
	// rows: from the saved values, c_{t-1} and the cotangents dh of h_t and dc
	// of c_t to those of the tile [rows][slots][16] and of c_{t-1}. Rows of
	// cPrev, dh, dc and dcPrev are 16 wide and start stride elements apart.
	Backward(rows int, saved, cPrev, dh, dc, dtile, dcPrev []float32, stride int)
}
