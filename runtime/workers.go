package runtime

import "runtime"

// Workers sets how many goroutines at most compute a layer's Forward, Backward or
// Step; 0, the default, leaves it to the layer, which takes as many as GOMAXPROCS
// and the size of a step make worthwhile. Results are the same bit for bit.
func Workers(n int) Option {
	return func(o *options) { o.workers = n }
}

// What is worth a worker, in terms of products: of a call some 40 µs, as long as it
// takes to start one; of a step 8 µs, for they wait for each other after each.
const (
	workerTerms     = 1 << 22
	workerStepTerms = 1 << 20
)

// boundRows is how many rows' products take as long as reading the weights does:
// fewer take no less.
const boundRows = 4

// workersFor returns how many workers so many steps of batch rows are divided among.
func (l *Layer) workersFor(steps, batch int) int {
	n := l.workers
	if n == 0 {
		terms := max(batch, boundRows) * l.padded * (l.input*len(l.x.leaves) + l.hidden*len(l.h.leaves))
		n = min(runtime.GOMAXPROCS(0), max(1, min(terms/workerStepTerms, steps*terms/workerTerms)))
	}
	return min(n, l.blocks)
}
