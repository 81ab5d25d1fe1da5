// Package runtime runs compiled recurrent cells. A [Layer] is a cell with weights: Forward
// maps sequences to sequences, Step runs one step at a time, and Backward computes gradients
// for training. The New of a generated package returns a Layer of its cell. Package nn has
// everything else that training needs, and package kernel what generated code links.
//
// # Shapes
//
// Every number is a float32, and every array is a flat slice. T is the number of time steps,
// B the number of batch rows, D the input width and H the number of hidden units. B is the
// number of rows that a State is made with, and T follows from the length of x. A Workspace
// has room for T and B up to some bound: one workspace serves batches of any size up to that,
// such as sequences that end one by one.
//
//	x, dx                  [T][B][D]     time-major, unpadded
//	y, dy                  [T][B][H]     or, in place of H, what Layer.Output returns
//	State.Of("h")          [B][H]        and so on for each state of the cell, in its width
//	Workspace.Input("u")   [T][B][H]     an input beside x, in its width; [T][B] if it is a number
//	Workspace.Mask("h")    [B][H]        what products multiply a state by, the same in all steps
//
// The weights of a cell that is written as tokens are in TensorFlow's layout; N is the number
// of its leaves. All its states have width H.
//
//	Weights.Kernel         [D][N·H]      leaf 0, …, leaf N−1
//	Weights.Recurrent      [H][N·H]
//	Weights.Bias           [N·H]         nil if the cell has none
//
// The weights of a cell that is written as equations have the names that its .cell file gives
// them. It may have more widths than D and H: [Width] gives those that the file does not fix.
//
//	Weights.Params["W"]    [rows][columns]   as W is declared; a vector is [width], a scalar [1]
//
// The name dv stands for the cotangent of v: the derivative, with respect to v, of the
// loss, which is a scalar that the caller defines.
//
// # Layouts inside
//
// Units are computed in blocks of [kernel.Units] = 16; if H is not a multiple of 16, it is
// padded to Hp, which is. A slot is one pre-activation of a unit (see [kernel.Stage]). In a
// cell with one stage and one state h, the product with x adds to a range of nx of the S
// slots, the product with h to a range of nh, and the bias to a range of nb. V is the number
// of values that a kernel saves per unit.
//
//	W panel of a block     [D][nx][16]                parameters, updated in place
//	U panel of a block     [H][nh][16]
//	bias of a block        [nb][16]
//	tile                   [blocks][hoist][B][S][16]  bias + x_t·W + h_{t−1}·U
//	states                 [T+1][B][Hp]               in a workspace, 64-byte aligned
//	saved                  [T][blocks][B][V][16]
//	dtile                  [blocks][T][B][S][16]
//
// In general a step is the stages in order, each with its width, its products, its tiles and
// its kernel. What a stage computes for the products of later ones is an operand, [T][B][Hp]
// like the states. The stages of one width share the saved values, and the C values per unit
// that Backward carries from a stage to those before, [blocks][B][C][16]. What does not
// depend on states is computed for a chunk of steps at once, and so are batched stages; if no
// stage multiplies what the step before has computed, each block of units goes through a
// chunk on its own. All matrices that multiply one operand lie side by side in one panel,
// which is the Value of each of their Params. A matrix with several uses is at home in its
// first product; the others multiply copies in the workspace, made anew in every call.
//
// The tile of one block and step is used while it is still in cache. For small batches, the
// inputs of several steps (hoist) are multiplied at once, as a product of few rows is bound
// by reading the weights. dtile is kept for the whole sequence, so that the gradient of a
// panel is a single product over time and batch.
//
// A batch of one row goes row by row: blocks lie side by side in tiles, [hoist][blocks][S][16],
// and likewise in dtile, so that one product takes the panels of several blocks, and one call
// of a kernel takes these blocks as its rows. So does a larger batch, [hoist][B][blocks][S][16]
// and so on, of a cell none of whose blocks needs another: it goes through memory in order.
//
// No padded lane, whatever a kernel computes in it, reaches a real unit. The padded columns
// of W, U and bias are zero when they are made or imported, and stay zero: the padded lanes
// of dtile are cleared before any product reads them, so that the gradient of a padded column
// is a sum of products with 0, and optimizers leave weights without a gradient alone. (If
// what is multiplied is not finite, this fails, as do all gradients of that row of weights.)
// No product reads the padded lanes of a state or an operand, as its inner size is H, not Hp.
//
// # Small numbers
//
// Denormals take some processors a hundred times as long as other numbers. So a number below
// 2⁻⁹⁵ (2.5e-29) counts as +0 where it enters a layer, in x, an input beside it or a State;
// where a state, an operand, the output or the cotangent of a tile leaves a kernel (a
// saturated gate makes it arbitrarily small); and where the cotangent of a state, an operand
// or the output enters one. The product of what is left with a number of 2⁻³¹ or more, as
// weights are in practice, is not denormal. Every NaN of a state or a gradient has the bits
// 0xffc00000. See [kernel.Flush] and [kernel.Trim].
//
// # Memory
//
// Weights and each set of gradients take what their numbers do with H padded to Hp: for one
// unit 16 times as much as without. NewLayer, Export, Import and Half take copies for a
// while. A Workspace has transposed copies of weights and of what they multiply besides the
// arrays above. One for inference has neither these nor dtile, keeps the last two states alone,
// and nothing that is saved but what later stages read; with room for one step it takes a few
// kilobytes. What would be
// more than a machine's memory, as far as it is known (on Linux), is an error, as Go would
// end the program.
//
// # Ownership
//
// A Layer changes only when weights are imported or an optimizer updates them; until then,
// goroutines may share it. A State, a Workspace and the gradients of Params each have one
// owner: two goroutines must not use one of them at the same time. A second use is an error
// of Forward, Backward, Step, ClipGradients and optimizers; Params.Zero, and what a program
// does with the arrays itself, cannot tell. Layers share nothing else that is written.
// Forward, Backward and Step of a large layer divide their work among goroutines (see
// [Workers]). When the method returns, none of them is still at work: they wait a moment for
// the workspace's next call, and then end.
//
// # Errors
//
// Sizes are checked before anything is computed. A wrong one is an error that names the
// argument, its size and the size it should have, and nothing has changed. Errors begin with
// the cell and the method, as in "runtime: LSTM Forward: x has 7 values, …". A broken
// invariant inside the package panics.
package runtime
