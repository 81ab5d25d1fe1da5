package completion

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// counts are what /metrics tells.
type counts struct {
	mutex          sync.Mutex
	requests       map[int]int64 // by the status of the answer
	prompt, drawn  atomic.Int64  // symbols
	batches, steps *histogram    // rows, and seconds
}

func newCounts() *counts {
	return &counts{
		requests: make(map[int]int64),
		batches:  newHistogram(1, 2, 4, 8, 16, 32, 64, 128, 256),
		steps:    newHistogram(1e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 1e-1, 1),
	}
}

func (c *counts) request(status int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.requests[status]++
}

// histogram counts values in buckets.
type histogram struct {
	mutex  sync.Mutex
	bounds []float64
	counts []int64 // of values up to each bound and above the one before, and above all
	sum    float64
}

func newHistogram(bounds ...float64) *histogram {
	return &histogram{bounds: bounds, counts: make([]int64, len(bounds)+1)}
}

func (h *histogram) add(v float64) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	i, _ := slices.BinarySearch(h.bounds, v)
	h.counts[i]++
	h.sum += v
}

// write writes the histogram in Prometheus' text format, whose buckets are cumulative.
func (h *histogram) write(w io.Writer, name, help string) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %[1]s histogram\n", name, help)
	var n int64
	for i, bound := range h.bounds {
		n += h.counts[i]
		fmt.Fprintf(w, "%s_bucket{le=\"%v\"} %d\n", name, bound, n)
	}
	n += h.counts[len(h.bounds)]
	fmt.Fprintf(w, "%s_bucket{le=\"+Inf\"} %d\n%[1]s_sum %[3]v\n%[1]s_count %[2]d\n", name, n, h.sum)
}

// metrics answers in Prometheus' text format.
func (s *Server) metrics(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	c := s.counts
	fmt.Fprintf(w, "# HELP lm_requests_total Requests that have been answered.\n# TYPE lm_requests_total counter\n")
	c.mutex.Lock()
	for _, code := range slices.Sorted(maps.Keys(c.requests)) {
		fmt.Fprintf(w, "lm_requests_total{code=\"%d\"} %d\n", code, c.requests[code])
	}
	c.mutex.Unlock()
	for _, m := range []struct {
		name, kind, help string
		value            int64
	}{
		{"lm_prompt_tokens_total", "counter", "Symbols of prompts that have been read.", c.prompt.Load()},
		{"lm_tokens_total", "counter", "Symbols that have been drawn.", c.drawn.Load()},
		{"lm_running", "gauge", "Requests that run.", int64(len(s.slots.taken))},
		{"lm_sessions", "gauge", "Completions whose symbols are drawn.", int64(s.model.sessions())},
		{"lm_queue_length", "gauge", "Requests that wait.", s.slots.waiting.Load()},
		{"go_goroutines", "gauge", "Goroutines.", int64(runtime.NumGoroutine())},
	} {
		fmt.Fprintf(w, "# HELP %s %s\n# TYPE %[1]s %[3]s\n%[1]s %[4]d\n", m.name, m.help, m.kind, m.value)
	}
	c.batches.write(w, "lm_batch_rows", "Completions that share a step.")
	c.steps.write(w, "lm_step_seconds", "Time of a step.")
	return nil
}
