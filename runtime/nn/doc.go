// Package nn provides what training a recurrent network needs besides recurrent layers: a
// projection, an embedding, a loss, gradient clipping and optimizers.
//
// Every number is a float32 and every array a flat, row-major slice; losses are in nats.
// A Dense and an Embedding change only when an optimizer updates them; until then,
// goroutines may share them. A set of gradients and an optimizer each have one owner: a second
// goroutine that uses them at the same time gets an error. Sizes
// are checked before anything is computed: a wrong one is an error that names the argument,
// its size and the size it should have, and nothing has changed.
package nn
