// Package nn provides what models and their training need besides recurrent layers.
//
// # Models
//
// A [Stack] is a model of parts that follow each other: recurrent layers of any cells and widths,
// in one or both directions, projections, an embedding at the front, dropout and residual
// connections. It has one Forward, Backward and Params. Like a layer, it takes sequences whose rows
// end early, carries states from chunk to chunk, and allocates nothing once its workspace exists.
// T is the number of time steps, B the number of batch rows, D the width of x and O the width of y.
//
//	x, dx                 [T][B][D]     time-major, unpadded
//	tokens                [T][B]        in place of x, for a stack that begins with Embed
//	y, dy                 [T][B][O]
//	lengths               [B]           the steps of each row
//	State.Of("layer0.h")  [B][H]        and so on for each state of each layer
//
// The results of a row, and which of its values are dropped, depend on no other row, nor on the
// number of workers, on the chunks that a sequence is cut into, or on how much room the workspace
// has: they are the same bit for bit (see [runtime.Ordered]). Only the gradients of weights, which
// are sums over rows and chunks, depend on these by rounding.
//
// Save writes a stack to a file, which says what it holds: the parts, and the source of each cell.
// [Open] makes the stack anew, and Load sets the weights of one that is there; both say what
// differs if the file is of another model.
//
// [Stack.Half] returns a [HalfStack] for inference, which takes about half the memory.
//
// A [Dense] and an [Embedding] also work alone, in models that a stack cannot express.
//
// # Training
//
// Losses return a number, in nats, and the gradient that Backward begins with. ClipGradients bounds
// gradients, optimizers update weights by them, and schedules say at which rate.
//
// Every number is a float32 and every array a flat, row-major slice. A Stack, a Dense and an
// Embedding change only when an optimizer updates them; until then, goroutines may share them. A
// State, a Workspace, a set of gradients and an optimizer each have one owner: a second goroutine
// that uses them at the same time gets an error. Sizes are checked before anything is computed: a
// wrong one is an error that names the argument, its size and the size it should have, and
// nothing has changed.
package nn
