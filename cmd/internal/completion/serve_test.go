package completion

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
)

// serverVariable has this program be a server of a model of some units, in place of tests.
const serverVariable = "LM_TEST_SERVER_UNITS"

func TestMain(m *testing.M) {
	if units := os.Getenv(serverVariable); units != "" {
		check(beServer(must(strconv.Atoi(units))))
		return
	}
	os.Exit(m.Run())
}

// beServer serves until SIGTERM, and first prints the address.
func beServer(units int) error {
	v := must(corpus.NewVocabulary(corpus.Chars, []byte(loadText()), 0))
	m := must(language.New(must(cells.Find("nascell")), v, language.Options{Hidden: units, Embed: 64, Layers: 1, Seed: 1}))
	o := Defaults()
	o.MaxTokens, o.Name = 1<<20, fmt.Sprintf("nascell-%d", units)
	s, err := New(m, o)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	fmt.Printf("http://%s\n", l.Addr())
	return s.Serve(ctx, l)
}

// loadText has as many characters as English texts have.
func loadText() string {
	var b strings.Builder
	for c := ' '; c <= '~'; c++ {
		b.WriteRune(c)
	}
	return b.String() + "\n"
}

// process is a server in a process of its own.
type process struct {
	*exec.Cmd
	url string
}

func startServer(t testing.TB, units int) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(must(os.Executable()))}
	p.Env = append(os.Environ(), serverVariable+"="+strconv.Itoa(units))
	p.Stderr = os.Stderr
	out, err := p.StdoutPipe()
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
	p.url = strings.TrimSpace(must(bufio.NewReader(out).ReadString('\n')))
	return p
}

// resident returns the bytes of memory that the process has.
func (p *process) resident() int {
	status := string(must(os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.Process.Pid), "status"))))
	_, rest, _ := strings.Cut(status, "VmRSS:")
	return 1024 * must(strconv.Atoi(strings.Fields(rest)[0]))
}

// processorTime returns how long the process has run on processors.
func (p *process) processorTime() time.Duration {
	stat := string(must(os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.Process.Pid), "stat"))))
	fields := strings.Fields(stat[strings.LastIndex(stat, ")")+1:])
	const tick = 10 * time.Millisecond // USER_HZ
	return time.Duration(must(strconv.Atoi(fields[11]))+must(strconv.Atoi(fields[12]))) * tick
}

// open begins a stream.
func open(t testing.TB, url string, f fields) *http.Response {
	t.Helper()
	r, err := http.Post(url+"/v1/completions", "application/json", strings.NewReader(string(f.with(fields{"stream": true}).json())))
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatal(err, r)
	}
	return r
}

// TestStop ends a server by SIGTERM while clients read, stall and wait. It must end within a second
// and a half, of which the machine may take half a second; an answer that can be finished is, and
// one that cannot is cut short, with its last event.
func TestStop(t *testing.T) {
	p := startServer(t, 32)
	endless := open(t, p.url, fields{"max_tokens": 1 << 20, "seed": 1, "state": true, "stop": "never"})
	defer dial(t, p.url, fields{"max_tokens": 1 << 20, "stream": true, "logprobs": 5}).Close()
	whole := make(chan answer)
	go func() {
		r := must(http.Post(p.url+"/v1/completions", "application/json", strings.NewReader(`{"max_tokens":1048576}`)))
		var a answer
		check(json.NewDecoder(r.Body).Decode(&a))
		whole <- a
	}()
	await(t, p.url, "lm_running", 3)
	finished := open(t, p.url, fields{"max_tokens": 200, "seed": 2})
	check(p.Process.Signal(syscall.SIGTERM))
	start := time.Now()
	for _, c := range []struct {
		body io.Reader
		want string
	}{{finished.Body, "[DONE]"}, {endless.Body, `"state":"`}} {
		text := string(must(io.ReadAll(c.body)))
		if !strings.HasSuffix(text, "\ndata: [DONE]\n\n") || !strings.Contains(text, `"finish_reason":"length"`) || !strings.Contains(text, c.want) {
			t.Errorf("a stream ends with %q", text[max(0, len(text)-300):])
		}
	}
	if a := <-whole; len(a.Choices) != 1 || *a.Choices[0].Finish != "length" || a.Usage.Completion == 0 {
		t.Errorf("an answer is cut short: %+v", a)
	}
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took > 1500*time.Millisecond {
		t.Errorf("it takes %v to end", took)
	}
}

// TestRefusesAtTheEnd expects requests that wait, and further ones on open connections, to be told
// at once that the server ends.
func TestRefusesAtTheEnd(t *testing.T) {
	s, url := newServer(t, newLanguage(corpus.Chars), func(o *Options) { o.Sessions, o.MaxTokens = 1, 1<<20 })
	endless := open(t, url, fields{"max_tokens": 1 << 20})
	waits := make(chan int)
	go func() {
		status, _ := post(t, url, fields{}.json())
		waits <- status
	}()
	await(t, url, "lm_queue_length", 1)
	s.refuse()
	if status := <-waits; status != http.StatusServiceUnavailable {
		t.Errorf("a request that waits: status %d", status)
	}
	if status, body := post(t, url, fields{}.json()); status != http.StatusServiceUnavailable || !strings.Contains(string(body), "the server stops") {
		t.Errorf("a further one: status %d: %s", status, body)
	}
	if r := must(http.Get(url + "/healthz")); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("/healthz: status %d", r.StatusCode)
	}
	s.cut()
	if text := string(must(io.ReadAll(endless.Body))); !strings.HasSuffix(text, "data: [DONE]\n\n") {
		t.Errorf("it ends with %q", text[max(0, len(text)-300):])
	}
}
