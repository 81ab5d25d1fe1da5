package runtime

import (
	goruntime "runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestDroppedWorkspaces expects workspaces that nothing refers to any more to leave neither
// goroutines nor memory behind, although workers wait for another call when one returns.
func TestDroppedWorkspaces(t *testing.T) {
	before := goruntime.NumGoroutine()
	l := testkit.Must(NewLayer(lstmKernel{bias: true}, 5, 130, Workers(3)))
	g := newGradients(l)
	const workspaces = 50
	var freed atomic.Int64
	for range workspaces {
		ws, s := testkit.Must(l.NewWorkspace(3, 2)), testkit.Must(l.NewState(2))
		x, y := make([]float32, 3*2*5), make([]float32, 3*2*130)
		testkit.Check(l.Forward(ws, s, x, y))
		testkit.Check(l.Backward(ws, s, y, x, g.Params))
		testkit.Check(l.Step(ws, s, x[:2*5], nil))
		goruntime.AddCleanup(ws, func(n *atomic.Int64) { n.Add(1) }, &freed)
	}
	for range 10_000 {
		goruntime.GC()
		if freed.Load() == workspaces && goruntime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d of %d workspaces are freed, and there are %d goroutines, %d before", freed.Load(), workspaces, goruntime.NumGoroutine(), before)
}
