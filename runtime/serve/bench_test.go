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
// many cores as -cpu says. It takes turns with one session that steps alone, and with steps of as
// many rows without sessions: rows/s are of all sessions, ×alone and ×model how many times as many
// these are, in the median turn, and p99-µs what a step takes at most in 99 of 100 cases.
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
	var took, all []time.Duration
	var alone, model []float64 // how much longer a row takes
	for b.Loop() {
		begin := time.Now()
		stepRows(b, l, xs, 1)
		one := time.Since(begin)
		begin = time.Now()
		stepRows(b, l, xs[:max(1, steps/sessions)], sessions)
		many := time.Since(begin) / time.Duration(max(1, steps/sessions)*sessions)

		begin = time.Now()
		took = append(took, stepSessions(b, batcher, xs, sessions)...)
		all = append(all, time.Since(begin))
		row := all[len(all)-1].Seconds() / float64(sessions*steps)
		alone, model = append(alone, one.Seconds()/steps/row), append(model, many.Seconds()/row)
	}
	for _, list := range [][]float64{alone, model} {
		slices.Sort(list)
	}
	slices.Sort(took)
	slices.Sort(all)
	b.ReportMetric(float64(sessions*steps)/all[len(all)/2].Seconds(), "rows/s")
	b.ReportMetric(alone[len(alone)/2], "×alone")
	b.ReportMetric(model[len(model)/2], "×model")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "p99-µs")
	b.ReportMetric(0, "ns/op")
}

// stepRows steps through a sequence, the same in all rows, without sessions.
func stepRows(b *testing.B, l cells.Recurrent, xs [][]float32, rows int) {
	ws, err := l.NewInference(1, rows)
	s, wrong := l.NewState(rows)
	if err != nil || wrong != nil {
		b.Fatal(err, wrong)
	}
	y := make([]float32, rows*l.Output())
	for _, x := range xs {
		if err := l.Step(ws, s, slices.Repeat(x, rows), y); err != nil {
			b.Fatal(err)
		}
	}
}

// stepSessions returns what each step of some sessions takes.
func stepSessions(b *testing.B, batcher *serve.Batcher[*cells.State], xs [][]float32, sessions int) []time.Duration {
	times := make([][]time.Duration, sessions)
	var clients sync.WaitGroup
	for i := range sessions {
		clients.Go(func() { times[i] = stepSession(b, batcher, xs) })
	}
	clients.Wait()
	return slices.Concat(times...)
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
