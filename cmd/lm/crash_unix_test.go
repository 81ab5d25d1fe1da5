//go:build unix

package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/training"
	"github.com/cellgen/cellgen/gen/soak"
)

// crashing are a run's arguments. It saves checkpoints all the time, has dropout of every kind, and
// begins with the best model not its last.
func crashing(text, folder string) []string {
	return []string{
		"train", "-cell", "gru", "-text", text, "-model", folder, "-epochs", "4", "-hidden", "24", "-embed", "8",
		"-layers", "2", "-project", "9", "-batch", "4", "-steps", "10", "-every", "2ms", "-sample", "0", "-quiet",
		"-dropout", "0.3", "-embeddropout", "0.1", "-recurrentdropout", "0.2", "-tied", "-rate", "1e-2", "-warmup", "5",
	}
}

// unbroken returns the model of a run that nothing stops, and how long it took.
func unbroken(t *testing.T, text string) (model []byte, took time.Duration) {
	folder := filepath.Join(t.TempDir(), "unbroken")
	start := time.Now()
	if out, err := program(crashing(text, folder)...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return must(os.ReadFile(training.ModelFile(folder))), time.Since(start)
}

// broken runs the command again and again, each time until a signal at a random moment or the end
// of the run. It returns how often the signal came in time.
func broken(t *testing.T, text string, want []byte, took time.Duration, s syscall.Signal, random *rand.Rand) (signals int) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "broken")
	for {
		cmd := program(crashing(text, folder)...)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		check(cmd.Start())
		timer := time.AfterFunc(time.Duration(random.Int64N(int64(took))), func() { _ = cmd.Process.Signal(s) })
		err := cmd.Wait()
		timer.Stop()
		switch code := cmd.ProcessState.ExitCode(); {
		case err == nil:
			if got := must(os.ReadFile(training.ModelFile(folder))); !bytes.Equal(got, want) {
				t.Fatalf("after %d signals the model differs from an unbroken run's: %s", signals, &out)
			}
			return signals
		case s == syscall.SIGKILL && code != -1, s != syscall.SIGKILL && code != 128+int(s) && code != -1:
			t.Fatalf("after %d signals: exit %d: %s", signals, code, &out)
		}
		signals++
	}
}

// TestKilledGoesOn kills a run at random moments, and expects the model that it makes in the end to
// be an unbroken run's, bit for bit. Each time it may have been anywhere: reading, in a step, in the
// midst of a file.
func TestKilledGoesOn(t *testing.T) {
	text := file(t, bytes.Repeat(pattern, 2))
	want, took := unbroken(t, text)
	random := rand.New(rand.NewPCG(5, 6))
	kills, runs := 0, 0
	for kills < soak.Cases(10, 100) {
		kills += broken(t, text, want, took, syscall.SIGKILL, random)
		runs++
	}
	t.Logf("%d kills in %d runs of %v", kills, runs, took)
}

// TestInterruptedGoesOn is the same with signals that lm can catch.
func TestInterruptedGoesOn(t *testing.T) {
	text := file(t, bytes.Repeat(pattern, 2))
	want, took := unbroken(t, text)
	random := rand.New(rand.NewPCG(7, 8))
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for signals := 0; signals < soak.Cases(4, 50); {
			signals += broken(t, text, want, took, s, random)
		}
	}
}

// TestTwoAtOnce expects a second process to be refused the folder of a run.
func TestTwoAtOnce(t *testing.T) {
	args := append(endless(t), "-every", "1ms")
	cmd := program(args...)
	check(cmd.Start())
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	folder := args[2]
	for end := time.Now().Add(soak.Patience(t)); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if exists(training.CheckpointFile(folder)) {
			break
		}
	}
	out, err := program(args...).CombinedOutput()
	if want := "lm: " + folder + ": another process is using it\n"; err == nil || string(out) != want {
		t.Errorf("%v: %q, want %q", err, out, want)
	}
}
