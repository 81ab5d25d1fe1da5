package completion

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
)

// metric returns a number that /metrics tells.
func metric(t testing.TB, url, name string) int {
	t.Helper()
	r, err := http.Get(url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	for line := range strings.Lines(string(must(io.ReadAll(r.Body)))) {
		if v, ok := strings.CutPrefix(line, name+" "); ok {
			return must(strconv.Atoi(strings.TrimSpace(v)))
		}
	}
	t.Fatalf("no %s", name)
	return 0
}

// await waits until a metric has a value.
func await(t testing.TB, url, name string, want int) {
	t.Helper()
	const hang = 20 * time.Second // thousands of times what it takes
	have := 0
	for start := time.Now(); time.Since(start) < hang; time.Sleep(5 * time.Millisecond) {
		if have = metric(t, url, name); have == want {
			return
		}
	}
	t.Fatalf("%s is %d, want %d", name, have, want)
}

// dial sends a request and reads nothing.
func dial(t testing.TB, url string, f fields) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	check(c.(*net.TCPConn).SetReadBuffer(1 << 10))
	body := f.json()
	fmt.Fprintf(c, "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	return c
}

// TestStalledClients expects clients that read nothing to be dropped, and others to be answered
// meanwhile.
func TestStalledClients(t *testing.T) {
	_, url := newServer(t, newLanguage(corpus.Chars), func(o *Options) {
		o.Sessions, o.MaxTokens, o.Timeout = 8, 1<<20, 300*time.Millisecond
	})
	want := ask1(t, url, fields{"seed": 1, "max_tokens": 300})
	for range 5 {
		defer dial(t, url, fields{"stream": true, "max_tokens": 1 << 20, "logprobs": 5}).Close()
	}
	await(t, url, "lm_running", 5)
	for range 20 {
		if got := ask1(t, url, fields{"seed": 1, "max_tokens": 300}); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	}
	await(t, url, "lm_running", 0)
	await(t, url, "lm_sessions", 0)
}

// TestGoneClients expects a client that goes away to end its completion, whether it runs or waits.
func TestGoneClients(t *testing.T) {
	_, url := newServer(t, newLanguage(corpus.Chars), func(o *Options) { o.Sessions, o.MaxTokens = 2, 1<<20 })
	endless := fields{"max_tokens": 1 << 20}
	var clients []net.Conn
	for i := range 4 {
		clients = append(clients, dial(t, url, endless.with(fields{"stream": i%2 == 0})))
		await(t, url, "lm_running", min(i+1, 2))
	}
	await(t, url, "lm_queue_length", 2)
	clients[2].Close()
	await(t, url, "lm_queue_length", 1)
	for _, i := range []int{0, 1, 3} {
		clients[i].Close()
	}
	await(t, url, "lm_running", 0)
	await(t, url, "lm_sessions", 0)
	if n := metric(t, url, `lm_requests_total{code="499"}`); n < 1 {
		t.Errorf("%d requests of clients that are gone", n)
	}
}

// TestQueue expects requests beyond the queue to be told to come again, and those in it to be
// answered.
func TestQueue(t *testing.T) {
	_, url := newServer(t, newLanguage(corpus.Chars), func(o *Options) { o.Sessions, o.Queue, o.MaxTokens = 1, 2, 1<<20 })
	first := dial(t, url, fields{"stream": true, "max_tokens": 1 << 20})
	await(t, url, "lm_running", 1)
	var waiting sync.WaitGroup
	for range 2 {
		waiting.Go(func() { ask1(t, url, fields{}) })
	}
	await(t, url, "lm_queue_length", 2)
	r, err := http.Post(url+"/v1/completions", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	body := must(io.ReadAll(r.Body))
	r.Body.Close()
	if r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") != "1" || !bytes.Contains(body, []byte("queue_full")) {
		t.Errorf("status %d, Retry-After %q: %s", r.StatusCode, r.Header.Get("Retry-After"), body)
	}
	first.Close()
	waiting.Wait()
}

// TestLateBodies expects a body that does not come to end its request.
func TestLateBodies(t *testing.T) {
	_, url := newServer(t, newLanguage(corpus.Chars), func(o *Options) { o.Timeout = 50 * time.Millisecond })
	c := must(net.Dial("tcp", strings.TrimPrefix(url, "http://")))
	defer c.Close()
	fmt.Fprintf(c, "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{")
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || r.StatusCode != http.StatusRequestTimeout {
		t.Errorf("%+v, %v, want status 408", r, err)
	}
}

// TestConnectionsAreKept expects answers on a connection that has been idle for longer than the time
// in which an answer must be written.
func TestConnectionsAreKept(t *testing.T) {
	_, url := newServer(t, newLanguage(corpus.Chars), func(o *Options) { o.Timeout = 50 * time.Millisecond })
	var dialed atomic.Int32
	dialer := new(net.Dialer)
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		dialed.Add(1)
		return dialer.DialContext(ctx, network, address)
	}}}
	for _, stream := range []string{"true", "false", "true", "1"} {
		r, err := client.Post(url+"/v1/completions", "application/json", strings.NewReader(`{"stream":`+stream+`}`))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r.Body)
		if r.Body.Close(); err != nil || len(text) == 0 {
			t.Errorf("%q, %v", text, err)
		}
		time.Sleep(100 * time.Millisecond)
		for _, path := range []string{"/healthz", "/"} {
			r, err := client.Get(url + path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, r.Body); err != nil || r.StatusCode != http.StatusOK {
				t.Errorf("status %d: %v", r.StatusCode, err)
			}
			r.Body.Close()
		}
	}
	if n := dialed.Load(); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

// TestNothingIsLeft expects no goroutines and no memory after clients of all kinds.
func TestNothingIsLeft(t *testing.T) {
	_, url := newServer(t, newLanguage(corpus.Chars), func(o *Options) { o.Sessions, o.MaxTokens = 8, 1<<20 })
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	visit := func(i int) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		f := fields{"prompt": "it was", "n": 2, "stream": i%2 == 0, "max_tokens": 20, "state": true}
		if i%3 == 0 {
			f["max_tokens"] = 1 << 20 // until the client goes
		}
		r := must(http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/completions", bytes.NewReader(f.json())))
		r.Header.Set("Content-Type", "application/json")
		if i%3 == 0 && i%2 == 1 {
			time.AfterFunc(5*time.Millisecond, cancel)
		}
		if a, err := client.Do(r); err == nil {
			_, _ = io.CopyN(io.Discard, a.Body, 500)
			a.Body.Close()
		}
	}
	measure := func() (goroutines int, bytes uint64) {
		await(t, url, "lm_running", 0)
		http.DefaultClient.CloseIdleConnections()
		var m runtime.MemStats
		for range 50 { // connections end a little later
			time.Sleep(10 * time.Millisecond)
			goroutines = runtime.NumGoroutine()
		}
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return goroutines, m.HeapAlloc
	}
	run := func(n int) {
		var visits sync.WaitGroup
		for worker := range 8 {
			visits.Go(func() {
				for i := range n {
					visit(worker + i)
				}
			})
		}
		visits.Wait()
	}
	run(10)
	goroutines, memory := measure()
	run(60)
	after, now := measure()
	if after > goroutines+3 || now > memory+2<<20 {
		t.Errorf("goroutines %d → %d, bytes %d → %d", goroutines, after, memory, now)
	}
}
