// Package serve runs many sessions of one model at once. A session is a sequence of its own,
// such as a conversation: it has a state and takes steps when it wants. A step of one row is
// bound by reading the weights, and a step of several rows reads them once for all; so a
// [Batcher] gathers the steps of sessions that come at the same time into one. Results are, bit
// for bit, what a session has alone.
//
//	batcher, err := serve.New(model, 64, time.Millisecond)
//	session, err := batcher.Session()        // one for each client
//	err = session.Step(ctx, x, y)            // in the client's goroutine
//
// The model is a layer or a stack: see [Layer] and [Stack]. Sessions of a stack that begins with an embedding
// take one token a step, by [Session.StepToken].
//
// A session costs its state: a few kilobytes.
package serve
