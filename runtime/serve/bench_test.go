package serve_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cellgen/cellgen/generated/nascell"
	cells "github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/serve"
)

// BenchmarkBatcher steps NASCell in many sessions at once, each in a goroutine of its own, on as
// many cores as -cpu says. It takes turns with one session that steps alone: rows/s are of all
// sessions, ×alone how many times as many these are, and p99-µs what a step takes at most in 99
// of 100 cases.
func BenchmarkBatcher(b *testing.B) {
	for _, hidden := range []int{256, 512} {
		for _, sessions := range []int{16, 64} {
			b.Run(fmt.Sprintf("H=%d/sessions=%d", hidden, sessions), func(b *testing.B) {
				l, err := nascell.New(hidden, hidden, cells.Workers(runtime.GOMAXPROCS(0)))
				if err != nil {
					b.Fatal(err)
				}
				benchmarkBatcher(b, l, sessions)
			})
		}
	}
}

func benchmarkBatcher(b *testing.B, l cells.Recurrent, sessions int) {
	const steps = 200
	batcher := newBatcher(b, l, sessions, 100*time.Microsecond)
	xs := sequence(1, steps, l.Input())
	took, alone := make([]time.Duration, 0, b.N*sessions*steps), time.Duration(0)
	var all time.Duration
	for b.Loop() {
		begin := time.Now()
		stepAlone(b, l, xs)
		alone += time.Since(begin)

		times := make([][]time.Duration, sessions)
		var clients sync.WaitGroup
		begin = time.Now()
		for i := range sessions {
			clients.Go(func() { times[i] = stepSession(b, batcher, xs) })
		}
		clients.Wait()
		all += time.Since(begin)
		took = append(took, slices.Concat(times...)...)
	}
	slices.Sort(took)
	rows := float64(len(took)) / all.Seconds()
	b.ReportMetric(rows, "rows/s")
	b.ReportMetric(rows*alone.Seconds()/float64(len(took)/sessions), "×alone")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "p99-µs")
	b.ReportMetric(0, "ns/op")
}

func stepAlone(b *testing.B, l cells.Recurrent, xs [][]float32) {
	ws, err := l.NewInference(1, 1)
	s, wrong := l.NewState(1)
	if err != nil || wrong != nil {
		b.Fatal(err, wrong)
	}
	y := make([]float32, l.Output())
	for _, x := range xs {
		if err := l.Step(ws, s, x, y); err != nil {
			b.Fatal(err)
		}
	}
}

// stepSession returns what each step takes.
func stepSession(b *testing.B, batcher *serve.Batcher[*cells.State], xs [][]float32) (took []time.Duration) {
	s, err := batcher.Session()
	if err != nil {
		b.Error(err)
		return nil
	}
	defer s.Close()
	y := make([]float32, len(s.State().Of("h")))
	for _, x := range xs {
		begin := time.Now()
		if err := s.Step(context.Background(), x, y); err != nil {
			b.Error(err)
		}
		took = append(took, time.Since(begin))
	}
	return took
}
