package work

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// BenchmarkOverhead runs studies on one worker, through the embedded server, whose children sleep
// for 0.15 s and 0.3 s. overhead-% is what else takes time, such as proposals, the journal and the
// queue, as a share of the time in children; it must be below 3.
//
//	go test ./cmd/search/work -run '^$' -bench Overhead -benchtime 1x
func BenchmarkOverhead(b *testing.B) {
	for _, strategy := range []string{study.AtRandom, study.ByReinforce} {
		for _, delay := range []time.Duration{150 * time.Millisecond, 300 * time.Millisecond} {
			b.Run(strategy+"/"+delay.String(), func(b *testing.B) {
				var in, all time.Duration
				children := 0
				for range b.N {
					c := config(10)
					c.Strategy, c.Child.Space, c.Batch = strategy, "tokens 8", 10
					folder := create(b, c)
					start := time.Now()
					s, err := study.Open(folder)
					if err != nil {
						b.Fatal(err)
					}
					p := &timed{pool: embedded(b, s, fake{delay: delay})}
					if err := s.Run(b.Context(), p); err != nil {
						b.Fatal(err)
					}
					if err := s.Close(); err != nil {
						b.Fatal(err)
					}
					all += time.Since(start)
					in += p.in
					children += p.children
				}
				b.ReportMetric(100*float64(all-in)/float64(in), "overhead-%")
				b.ReportMetric((all-in).Seconds()*1000/float64(children), "ms/child")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// embedded returns the queue of a study, with one worker.
func embedded(b *testing.B, s *study.Study, t Trainer) *Queue {
	server, err := NewServer()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { server.Close() })
	queue, worker := must(server.Connect()), must(server.Connect())
	b.Cleanup(queue.Close)
	b.Cleanup(worker.Close)
	w := &Worker{Conn: worker, Workers: 1, Prepare: prepared(t)}
	go func() { _ = w.Run(b.Context()) }() // until the benchmark ends
	return &Queue{Conn: queue, Study: s.ID(), Setup: s.Child}
}

// timed is a pool that adds up the time in children.
type timed struct {
	pool     study.Pool
	in       time.Duration
	children int
}

func (p *timed) Train(ctx context.Context, tasks []child.Task, done func(int, study.Report) error) error {
	return p.pool.Train(ctx, tasks, func(i int, r study.Report) error {
		p.in += time.Duration(r.Seconds * float64(time.Second))
		p.children++
		return done(i, r)
	})
}

// BenchmarkCoordinator runs a study of children that sleep on workers in processes of their own,
// through a server in another: 200 workers with children of 0.3 s, and 5,000 with children of 8 s.
// core-% is how much of a processor's core the coordinator takes, its process alone, which must be
// below 20; and server-% what the server takes. us/result is the coordinator's time for a result,
// which says what more results would take.
//
//	go test ./cmd/search/work -run '^$' -bench Coordinator -benchtime 1x
func BenchmarkCoordinator(b *testing.B) {
	for _, c := range []struct {
		workers int
		delay   time.Duration
	}{{200, 300 * time.Millisecond}, {5000, 8 * time.Second}} {
		b.Run(fmt.Sprint(c.workers), func(b *testing.B) {
			for range b.N {
				measureCoordinator(b, c.workers, c.delay)
			}
		})
	}
}

func measureCoordinator(b *testing.B, workers int, delay time.Duration) {
	c := config(2500)
	c.Strategy, c.Child.Space, c.Batch = study.AtRandom, "tokens 8", 2500
	c.Child.Rates = []float64{0.01, 0.02, 0.04, 0.08}
	folder := create(b, c)
	server := role{Name: "server", Folder: b.TempDir()}.start(b)
	url := server.expect(b, "url: ")
	for range 4 {
		role{Name: "worker", URL: url, Workers: workers / 4, Fake: true, Quiet: true, Delay: delay}.start(b).expect(b, "begun")
	}
	start := time.Now()
	p := role{Name: "coordinator", URL: url, Folder: folder}.start(b)
	p.expect(b, "done")
	took := time.Since(start)
	p.kill() // it has ended
	server.kill()
	cpu := func(p *player) time.Duration { return p.ProcessState.UserTime() + p.ProcessState.SystemTime() }
	all, _, err := study.Read(folder)
	if err != nil {
		b.Fatal(err)
	}
	results := 0
	for _, r := range all {
		if r.Run != nil {
			results++
		}
	}
	b.ReportMetric(100*cpu(p).Seconds()/took.Seconds(), "core-%")
	b.ReportMetric(100*cpu(server).Seconds()/took.Seconds(), "server-%")
	b.ReportMetric(float64(results)/took.Seconds(), "results/s")
	b.ReportMetric(cpu(p).Seconds()*1e6/float64(results), "us/result")
	b.ReportMetric(0, "ns/op")
}
