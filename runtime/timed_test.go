package runtime

import (
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestTimeProducts expects products to take time, but not all of it, to have the same bits, and
// the clocks to allocate nothing and to be gone afterwards.
func TestTimeProducts(t *testing.T) {
	const steps, batch, size = 10, 8, 64
	l := testkit.Must(NewLayer(mixedKernel{bias: true}, size, size, Workers(1)))
	ws, s := testkit.Must(l.NewWorkspace(steps, batch)), testkit.Must(l.NewState(batch))
	x, y := make([]float32, steps*batch*size), make([]float32, steps*batch*size)
	for i := range x {
		x[i] = float32(i%7) / 7
	}
	forward := func() {
		s.Reset()
		testkit.Check(l.Forward(ws, s, x, y))
	}
	forward()
	want := slices.Clone(y)
	clear(y)
	if spent := TimeProducts(forward); spent <= 0 {
		t.Errorf("products take %v", spent)
	}
	if !slices.Equal(y, want) {
		t.Error("a measurement changes the results")
	}
	if n := testing.AllocsPerRun(10, func() { TimeProducts(forward) }); n != 0 {
		t.Errorf("a measurement allocates %v times", n)
	}
	if spent := TimeProducts(func() {}); spent != 0 {
		t.Errorf("nothing takes %v", spent)
	}
}
