package work

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/gen/soak"
)

// role is what a process of these tests does: as JSON in an environment variable.
type role struct {
	Name    string        `json:"name"` // server, worker or coordinator
	URL     string        `json:"url"`  // "" for a coordinator with an embedded server
	Folder  string        `json:"folder"`
	Workers int           `json:"workers"`
	AckWait time.Duration `json:"ackwait"`
	Fake    bool          `json:"fake"`  // trainers are
	Quiet   bool          `json:"quiet"` // fake trainers do not say what they train
	Delay   time.Duration `json:"delay"` // of a fake training
}

const roleVariable = "CELLGEN_TEST_WORK_ROLE"

func TestMain(m *testing.M) {
	text := os.Getenv(roleVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	var r role
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		panic(err)
	}
	go func() { // the test is over, or dead
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(3)
	}()
	if err := r.play(); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println("done")
	os.Exit(0)
}

func (r role) play() error {
	ctx := context.Background()
	switch r.Name {
	case "server":
		s, err := startServer(externalOptions(r.Folder, 0))
		if err != nil {
			return err
		}
		fmt.Println("url:", s.ClientURL())
		select {}
	case "worker":
		c, err := Address{URL: r.URL}.Connect()
		if err != nil {
			return err
		}
		w := Worker{Conn: c, Workers: r.Workers}
		if r.Fake {
			w.Prepare = prepared(fake{r.Delay, !r.Quiet})
		}
		fmt.Println("begun")
		return w.Run(ctx)
	}
	return r.coordinate(ctx)
}

func (r role) coordinate(ctx context.Context) error {
	s, err := study.Open(r.Folder)
	if err != nil {
		return err
	}
	connect := Address{URL: r.URL}.Connect
	if r.URL == "" {
		s, err := NewServer()
		if err != nil {
			return err
		}
		defer s.Close()
		connect = s.Connect
	}
	c, err := connect()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if r.Workers > 0 {
		own, err := connect()
		if err != nil {
			return err
		}
		w := Worker{Conn: own, Workers: r.Workers}
		w.Prepare = func(setup child.Setup, text func() ([]byte, error)) (Trainer, error) {
			if r.URL == "" {
				return child.New(setup, s.Text)
			}
			return newTrainer(setup, text)
		}
		if r.Fake {
			w.Prepare = prepared(fake{r.Delay, false})
		}
		go func() { cancel(w.Run(ctx)) }()
	}
	q := &Queue{Conn: c, Study: s.ID(), Setup: s.Child, AckWait: r.AckWait}
	if r.URL != "" {
		q.Text = s.Text
	}
	fmt.Println("begun")
	if err := s.Run(ctx, q); err != nil {
		return err
	}
	return errors.Join(q.End(ctx), s.Close())
}

// player is a process that plays a role.
type player struct {
	*exec.Cmd
	lines chan string // that it prints
	in    io.Closer
	once  sync.Once
}

// start starts a process, which ends with the test.
func (r role) start(t testing.TB, shell ...string) *player {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	if len(shell) > 0 {
		cmd = exec.Command("/bin/sh", "-c", shell[0]+`; exec "$0"`, self)
	}
	cmd.Env = append(os.Environ(), roleVariable+"="+string(text))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &player{Cmd: cmd, lines: make(chan string, 1<<14), in: in}
	go func() {
		defer close(p.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			p.lines <- s.Text()
		}
	}()
	t.Cleanup(p.kill)
	return p
}

// kill kills the process, unless it has ended.
func (p *player) kill() {
	p.once.Do(func() {
		_ = p.Process.Kill()
		_ = p.in.Close()
		for range p.lines {
		}
		_ = p.Wait()
	})
}

// expect waits for a line with a beginning, and returns the rest.
func (p *player) expect(t testing.TB, beginning string) string {
	t.Helper()
	enough := time.After(hang(t))
	for {
		select {
		case line, more := <-p.lines:
			if rest, ok := strings.CutPrefix(line, beginning); ok && more {
				return rest
			}
			if !more || strings.HasPrefix(line, "error:") {
				t.Fatalf("a process ends that must say %q: %s", beginning, line)
			}
		case <-enough:
			t.Fatalf("a process does not say %q", beginning)
		}
	}
}

// patience is how long a test waits before it says that something hangs.
func hang(t testing.TB) time.Duration {
	if t, ok := t.(*testing.T); ok {
		return 4 * soak.Patience(t)
	}
	return 10 * time.Minute
}

func externalOptions(folder string, port int) *server.Options {
	if port == 0 {
		port = server.RANDOM_PORT
	}
	return &server.Options{Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true, JetStream: true, StoreDir: folder}
}

// fake is a Trainer whose results depend on the task alone, after a while.
type fake struct {
	delay  time.Duration
	prints bool
}

func (f fake) Train(ctx context.Context, t child.Task) (child.Result, error) {
	if f.prints {
		fmt.Println("training", t.Seed)
	}
	select {
	case <-ctx.Done():
		return child.Result{}, context.Cause(ctx)
	case <-time.After(f.delay):
	}
	if f.prints {
		fmt.Println("trained", t.Seed)
	}
	return fakeResult(t), nil
}

func fakeResult(t child.Task) child.Result {
	p, err := pack("", t)
	if err != nil {
		panic(err)
	}
	var n int
	if _, err := fmt.Sscanf(p.key[:6], "%x", &n); err != nil {
		panic(err)
	}
	if n%10 == 0 {
		return child.Result{Outcome: child.Dead, Update: 3}
	}
	return child.Result{Outcome: child.Trained, Loss: 1 + float64(n)/(1<<24)/3, Hidden: 1 + n%7, Parameters: n % 1000}
}

func prepared(t Trainer) func(child.Setup, func() ([]byte, error)) (Trainer, error) {
	return func(child.Setup, func() ([]byte, error)) (Trainer, error) { return t, nil }
}

// external starts a server in this process, with a socket.
func external(t *testing.T) *server.Server {
	t.Helper()
	s, err := startServer(externalOptions(t.TempDir(), 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	return s
}

// dial connects to a URL until the test ends.
func dial(t *testing.T, url string) *nats.Conn {
	t.Helper()
	c, err := Address{URL: url}.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
