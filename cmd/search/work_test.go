package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cellgen/cellgen/cmd/search/work"
)

// asProcess returns the command, as a process that ends with the test.
func asProcess(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("search", args...)
	cmd.Stderr = new(bytes.Buffer)
	t.Cleanup(func() {
		if cmd.Process != nil && cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	return cmd
}

// queueArgs returns the flags of a small study.
func queueArgs(folder, text string, more ...string) []string {
	return append([]string{
		"run", "-study", folder, "-text", text, "-strategy", "random", "-space", "tokens 2", "-trials", "6", "-batch", "3",
		"-rungs", "5,10", "-rates", "0.01,0.03", "-parameters", "600", "-validation", "64",
	}, more...)
}

// records returns the lines of a study's journal up to their asides.
func records(t *testing.T, folder string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for line := range strings.Lines(string(text)) {
		part, _, _ := strings.Cut(line, `,"aside":`)
		all.WriteString(part + "\n")
	}
	return all.String()
}

// newServer starts a message server, and returns its URL.
func newServer(t *testing.T) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true, JetStream: true, StoreDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("the server is not ready")
	}
	return s.ClientURL()
}

func writeText(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(path, bytes.Repeat([]byte("she sells sea shells by the sea shore. "), 200), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestWorkers runs a study in one process, and again as a coordinator and workers, of which one
// ends by a signal while it trains: its task is in the queue again. The journals are equal.
func TestWorkers(t *testing.T) {
	text, folder := writeText(t), t.TempDir()
	alone, joint := filepath.Join(folder, "alone"), filepath.Join(folder, "joint")
	if one := asProcess(t, queueArgs(alone, text, "-rungs", "5,5000")...); one.Run() != nil {
		t.Fatalf("%v: %s", one.ProcessState, one.Stderr)
	}
	url := newServer(t)
	coordinator := asProcess(t, queueArgs(joint, text, "-rungs", "5,5000", "-url", url, "-workers", "0")...)
	if err := coordinator.Start(); err != nil {
		t.Fatal(err)
	}
	first := asProcess(t, "worker", "-url", url, "-workers", "1")
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	study, sequence := trains(t, url)
	if err := first.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait() // which the exit code says
	if code := first.ProcessState.ExitCode(); code != 130 || !strings.Contains(first.Stderr.(*bytes.Buffer).String(), "interrupted at work: tasks that were not done are others'") {
		t.Errorf("a worker that is interrupted: exit %d, %s", code, first.Stderr)
	}
	takeBack(t, url, study, sequence)
	second := asProcess(t, "worker", "-url", url, "-study", study, "-workers", "2")
	if err := second.Start(); err != nil {
		t.Fatal(err)
	}
	if err := coordinator.Wait(); err != nil {
		t.Fatalf("%v: %s", err, coordinator.Stderr)
	}
	if records(t, alone) != records(t, joint) {
		t.Error("the journals differ")
	}
}

// trains waits until a worker trains on the second rung, which takes longer than a signal, and
// returns the study's ID and the task's number in its stream.
func trains(t *testing.T, url string) (id string, sequence uint64) {
	t.Helper()
	for {
		c, err := nats.Connect(url)
		if err != nil {
			t.Fatal(err)
		}
		js, err := jetstream.New(c)
		if err != nil {
			t.Fatal(err)
		}
		for name := range js.StreamNames(t.Context()).Name() {
			id, ok := strings.CutPrefix(name, "cellgen-")
			if !ok {
				continue
			}
			tasks, err := js.Stream(t.Context(), name)
			if err != nil {
				continue
			}
			state := out(t, url, id)
			first, err := tasks.GetMsg(t.Context(), state.AckFloor.Stream+1)
			if err == nil && state.NumAckPending > 0 && bytes.Contains(first.Data, []byte(`"rung":1`)) {
				c.Close()
				return id, first.Sequence
			}
		}
		c.Close()
		time.Sleep(5 * time.Millisecond)
	}
}

// takeBack expects the task of a worker that has ended in the queue, long before it would come
// again by itself.
func takeBack(t *testing.T, url, study string, sequence uint64) {
	t.Helper()
	c, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	js, err := jetstream.New(c)
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := js.Consumer(t.Context(), "cellgen-"+study, "workers")
	if err != nil {
		t.Fatal(err)
	}
	m, err := tasks.Next(jetstream.FetchMaxWait(work.DefaultAckWait / 3))
	if err != nil {
		t.Fatal(err)
	}
	if meta, err := m.Metadata(); err != nil || meta.NumDelivered != 2 || meta.Sequence.Stream != sequence {
		t.Errorf("the next task: %+v, %v; want %d, which was given back", meta, err, sequence)
	}
	if err := m.Nak(); err != nil {
		t.Error(err)
	}
	if err := c.Flush(); err != nil {
		t.Error(err)
	}
}

// out returns what the server says of a study's tasks.
func out(t *testing.T, url, study string) jetstream.ConsumerInfo {
	t.Helper()
	c, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	js, err := jetstream.New(c)
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := js.Consumer(t.Context(), "cellgen-"+study, "workers")
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return jetstream.ConsumerInfo{}
	}
	if err != nil {
		t.Fatal(err)
	}
	return *tasks.CachedInfo()
}

// TestWrongBackend has a worker for a study of another machine's backend. It says so, and ends.
func TestWrongBackend(t *testing.T) {
	url := newServer(t)
	c, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	js, err := jetstream.New(c)
	if err != nil {
		t.Fatal(err)
	}
	kv, err := js.CreateKeyValue(t.Context(), jetstream.KeyValueConfig{Bucket: "cellgen-studies"})
	if err != nil {
		t.Fatal(err)
	}
	offer, err := json.Marshal(map[string]any{"protocol": 1, "study": "0a", "setup": map[string]any{
		"backend": "abacus", "parameters": 1, "embed": 1, "batch": 1, "steps": 1, "validation": 1, "rungs": []int{1}, "rates": []float64{1},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kv.Put(t.Context(), "0a", offer); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	const want = "search: this worker cannot work for study 0a: the study computes with the backend abacus, and this machine has ["
	if code := run([]string{"worker", "-url", url, "-study", "0a"}, &stdout, &stderr); code != 1 || !strings.HasPrefix(stderr.String(), want) {
		t.Errorf("exit %d: %s", code, &stderr)
	}
}

// TestWorkMistakes has flags that do not go together, and servers that are not there.
func TestWorkMistakes(t *testing.T) {
	text := writeText(t)
	none := filepath.Join(t.TempDir(), "none")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"worker"}, 2, "no message server: name it with -url"},
		{[]string{"worker", "-url", "nats://127.0.0.1:1", "-workers", "0"}, 2, "-workers is 0, want at least 1"},
		{[]string{"worker", "-url", "nats://127.0.0.1:1", "-tlskey", "x"}, 2, "-tlscert and -tlskey go together"},
		{[]string{"worker", "-url", "nats://me:secret@127.0.0.1:1"}, 1, "connecting to the message server nats://me:xxxxx@127.0.0.1:1: nats: no servers available"},
		{[]string{"worker", "-url", "nats://127.0.0.1:1", "-creds", none}, 1, "none: no such file"},
		{queueArgs(none, text, "-workers", "-1"), 2, "-workers is -1, want at least 0"},
		{queueArgs(none, text, "-workers", "0"), 2, "-workers is 0, and others cannot join: name a message server with -url"},
		{queueArgs(none, text, "-creds", "x"), 2, "name it with -url"},
		{queueArgs(none, text, "-url", "nats://127.0.0.1:1"), 1, "connecting to the message server nats://127.0.0.1:1: nats: no servers available"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(c.args, &stdout, &stderr); code != c.code || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("search %s: exit %d, %swant exit %d, %s", strings.Join(c.args, " "), code, &stderr, c.code, c.want)
		}
	}
}

// TestRunInterrupted interrupts a study on the server of its own process: it says what is kept, and
// the same command goes on.
func TestRunInterrupted(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "study")
	args := queueArgs(folder, writeText(t), "-rungs", "3000", "-trials", "3", "-quiet")
	run := asProcess(t, args...)
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if data, err := os.ReadFile(filepath.Join(folder, "journal.jsonl")); err == nil && len(data) > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("it has not begun: %s", run.Stderr)
		}
	}
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = run.Wait() // which the exit code says
	const want = "search: interrupted while children trained: the journal has all that is done, and the same command goes on\n"
	if code, said := run.ProcessState.ExitCode(), run.Stderr.(*bytes.Buffer).String(); code != 130 || said != want {
		t.Errorf("exit code %d, %q; want 130, %q", code, said, want)
	}
	if again := asProcess(t, args...); again.Run() != nil {
		t.Errorf("%v: %s", again.ProcessState, again.Stderr)
	}
}

// TestNoPassword looks for the password of a server in what a study keeps of its commands.
func TestNoPassword(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "study")
	url := strings.Replace(newServer(t), "nats://", "nats://user:secret@", 1)
	if run := asProcess(t, queueArgs(folder, writeText(t), "-trials", "3", "-url", url)...); run.Run() != nil {
		t.Fatalf("%v: %s", run.ProcessState, run.Stderr)
	}
	starts, err := os.ReadFile(filepath.Join(folder, "runs.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(starts); strings.Contains(text, "secret") || !strings.Contains(text, "nats://user:xxxxx@") {
		t.Errorf("runs.jsonl has %s", text)
	}
}
