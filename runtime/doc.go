// Package runtime is what a compiled recurrent cell links against: the
// sequence loop, the matrix products, the weights and their gradients, and the
// few other parts that training a recurrent network takes. A cell itself is a
// [Kernel]; a [Layer] is a kernel with weights.
//
// # Shapes
//
// Every number is a float32 and every array a flat slice. T is the number of
// steps, B of batch rows, D the input width, H the hidden width, N the number
// of the cell's leaves.
//
//	x, dx                  [T][B][D]     time-major, unpadded
//	y, dy                  [T][B][H]     y_t = h_t
//	State.H, State.C       [B][H]
//	Weights.Kernel         [D][N·H]      TensorFlow's layout, leaf 0..N−1
//	Weights.Recurrent      [H][N·H]
//	Weights.Bias           [N·H]         nil when the cell has none
//
// A name dv is the cotangent of v: the derivative of the loss, a scalar that
// the caller defines, with respect to v. Losses are in nats.
//
// # Layouts inside
//
// Units are computed in blocks of [BlockUnits] = 16, and a hidden size that is
// no multiple of it is padded to Hp. A slot is one pre-activation of a unit
// (see [Kernel]): of S slots, nx have an input side and come first, nh have a
// recurrent side and come last, those with both sides overlap.
//
//	W panel, one a block   [D][nx][16]   parameters, updated in place
//	U panel, one a block   [H][nh][16]
//	bias, one a block      [nh][16]
//	tile                   [blocks][hoist][B][S][16]  bias + x_t·W + h_{t−1}·U
//	h, c                   [T+1][B][Hp]  of a workspace, 64-byte aligned
//	saved                  [T][blocks][B][V][16]
//	dtile                  [blocks][T][B][S][16]
//
// The tile of one block and step is consumed while it is in cache; of small
// batches, the inputs of some steps are multiplied at once (hoist), as a product
// of few rows is bound by reading the weights. dtile is kept for the whole
// sequence, so that the gradient of a panel is a single product over time and
// batch.
//
// Padding: the padded columns of W, U and bias are zero when made or imported.
// They stay so: the padded lanes of dtile are cleared before any product reads
// them, so that the gradient of a padded column is a sum of x·0 or h·0, and an
// optimizer leaves what has no gradient alone. (Where x or h is not finite this
// fails, and every gradient of that row of weights with it.) The padded lanes
// of h no product reads, its inner size being H, not Hp. So no padded lane,
// whatever a kernel computes in it, reaches a real unit.
//
// # Ownership
//
// A Layer, a Dense and an Embedding only change when weights are imported or
// an optimizer steps; until then goroutines may share them. A State, a
// Workspace and a set of gradients have one owner each. Nothing is kept
// outside of these. Forward, Backward and Step of a large layer divide their
// work among goroutines (see [Workers]), which have ended when they return.
//
// # Errors
//
// Sizes are checked where they enter: a wrong one is an error that names the
// argument, what it has and what it should have, and nothing has been changed.
// Inside, a broken invariant panics.
package runtime
