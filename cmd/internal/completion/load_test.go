package completion

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	loadTime  = flag.Duration("load", 2*time.Second, "how long TestLoad keeps 64 streams busy")
	loadUnits = flag.Int("units", 64, "units of the model that TestLoad serves")
)

// load counts what some streams bring.
type load struct {
	mutex sync.Mutex
	waits []time.Duration // for each event after the first
	errs  []error
}

// run keeps streams open for a while, each with completions one after another.
func (l *load) run(url string, streams int, long time.Duration) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: streams}}
	defer client.CloseIdleConnections()
	end := time.Now().Add(long)
	var clients sync.WaitGroup
	for i := range streams {
		clients.Go(func() {
			for seed := i; time.Now().Before(end); seed += streams {
				waits, err := l.stream(client, url, seed, end)
				l.mutex.Lock()
				l.waits = append(l.waits, waits...)
				if err != nil {
					l.errs = append(l.errs, err)
				}
				l.mutex.Unlock()
			}
		})
	}
	clients.Wait()
}

// stream reads a completion until its end or the given time.
func (l *load) stream(client *http.Client, url string, seed int, end time.Time) (waits []time.Duration, err error) {
	f := fields{"prompt": "It was the best of times", "max_tokens": 2000, "seed": seed, "stream": true}
	r, err := client.Post(url+"/v1/completions", "application/json", bytes.NewReader(f.json()))
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", r.StatusCode)
	}
	var last time.Time
	for events := bufio.NewScanner(r.Body); events.Scan(); {
		if len(events.Bytes()) == 0 {
			continue
		}
		now := time.Now()
		if !last.IsZero() {
			waits = append(waits, now.Sub(last))
		}
		if last = now; string(events.Bytes()) == "data: [DONE]" || now.After(end) {
			return waits, nil
		}
	}
	return waits, errors.New("a stream breaks off")
}

// TestLoad keeps a server in a process of its own busy, with 1 stream and then with 64. It expects
// no error and no growth of memory, and reports rates and waits: -load 1m -units 512 is the long
// version.
func TestLoad(t *testing.T) {
	p := startServer(t, *loadUnits)
	var one, many load
	one.run(p.url, 1, *loadTime/4)
	aloneTime := p.processorTime()
	many.run(p.url, 64, *loadTime/4) // the memory that 64 streams take is there then
	before, beforeTime := p.resident(), p.processorTime()
	many = load{}
	many.run(p.url, 64, *loadTime)
	after, togetherTime := p.resident(), p.processorTime()-beforeTime
	for _, err := range append(one.errs, many.errs...) {
		t.Error(err)
	}
	if grown := after - before; grown > 16<<20 {
		t.Errorf("the server has grown by %d bytes, from %d", grown, before)
	}
	await(t, p.url, "lm_sessions", 0)
	t.Logf("%d units, 1 stream: %s", *loadUnits, one.tell(*loadTime/4))
	t.Logf("64 streams: %s, %.1f times as many; memory %.1f → %.1f MB", many.tell(*loadTime),
		float64(len(many.waits))/float64(len(one.waits))/4, float64(before)/1e6, float64(after)/1e6)
	t.Logf("processor time of the server for a token: %v of 1 stream, %v of 64",
		aloneTime/time.Duration(len(one.waits)), togetherTime/time.Duration(len(many.waits)))
}

// tell returns rate and waits.
func (l *load) tell(long time.Duration) string {
	slices.Sort(l.waits)
	at := func(q float64) time.Duration {
		return l.waits[int(q*float64(len(l.waits)-1))].Round(10 * time.Microsecond)
	}
	return fmt.Sprintf("%.0f tokens/s, a token after p50 %v, p99 %v, p99.9 %v",
		float64(len(l.waits))/long.Seconds(), at(0.5), at(0.99), at(0.999))
}

// TestLongPrompts reports what 8 streams wait for a token while others have prompts of 10,000
// characters read, one after another.
func TestLongPrompts(t *testing.T) {
	p := startServer(t, *loadUnits)
	var without, with load
	without.run(p.url, 8, *loadTime/2)
	prompt := fields{"prompt": strings.Repeat("It was the best of times. ", 400)[:10000], "max_tokens": 1}
	var readers sync.WaitGroup
	end, read := time.Now().Add(*loadTime/2), 0
	var longest time.Duration
	readers.Go(func() {
		for ; time.Now().Before(end); read++ {
			start := time.Now()
			ask(t, p.url, prompt)
			longest = max(longest, time.Since(start))
		}
	})
	with.run(p.url, 8, *loadTime/2)
	readers.Wait()
	for _, err := range append(without.errs, with.errs...) {
		t.Error(err)
	}
	t.Logf("%d units, 8 streams: %s; beside %d prompts of 10,000 characters, of at most %v each: %s",
		*loadUnits, without.tell(*loadTime/2), read, longest, with.tell(*loadTime/2))
}
