package gemm

import (
	"sync/atomic"
	"time"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// spent is the time that goroutines have spent in products while Timed ran.
var spent atomic.Int64

// timers are the backends with clocks, by name. They are made once, so that Timed allocates
// nothing.
var timers = make(map[string]backend)

// Timed runs f, and returns the time that all goroutines together spend in products meanwhile. As
// for a change of the backend, nothing else may be computing.
func Timed(f func()) time.Duration {
	untimed := active
	if timers[untimed.name].mulAdd == nil {
		timers[untimed.name] = untimed.timed()
	}
	active = timers[untimed.name]
	defer func() { active = untimed }()
	spent.Store(0)
	f()
	return time.Duration(spent.Load())
}

// timed returns the backend with a clock around its products.
func (b backend) timed() backend {
	t := b
	t.mulAdd = func(c, from, x, y matrix.Float) {
		defer since(time.Now())
		b.mulAdd(c, from, x, y)
	}
	t.mulAddHalf = func(c, from, x matrix.Float, y matrix.Half) {
		defer since(time.Now())
		b.mulAddHalf(c, from, x, y)
	}
	t.panels = func(c, from, x, y matrix.Float) {
		defer since(time.Now())
		b.panels(c, from, x, y)
	}
	t.panelsHalf = func(c, from, x matrix.Float, y matrix.Half) {
		defer since(time.Now())
		b.panelsHalf(c, from, x, y)
	}
	return t
}

func since(start time.Time) { spent.Add(int64(time.Since(start))) }
