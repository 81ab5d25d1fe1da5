package main

import (
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// TestNeeds compares the memory that training is said to take with what is allocated when all
// of it is there: a model, shards, moments and the stream of an evaluation.
func TestNeeds(t *testing.T) {
	allCells(t, func(t *testing.T, cell string) {
		for _, args := range []string{
			"-hidden 400 -embed 30 -steps 3",
			"-hidden 100 -embed 1500 -steps 5",
			"-hidden 33 -embed 17 -batch 64 -shards 8 -steps 100",
			"-hidden 150 -layers 3 -batch 16 -steps 40",
			"-hidden 1 -embed 1 -layers 500 -batch 1 -shards 1",
		} {
			compareNeeds(t, tiny(append(strings.Fields(args), "-cell", cell)...), args)
		}
	})
	for _, args := range []string{ // interpreted
		"-cell " + twoStages + " -hidden 33 -embed 17 -batch 64 -shards 8 -steps 100",
		"-cell " + twoStages + " -hidden 16 -embed 16 -batch 2000 -steps 1",
		"-cell testdata/lstmp.cell -width proj=300 -hidden 20 -embed 20 -layers 2 -batch 16 -steps 40",
		"-cell testdata/lstmp.cell -width proj=20 -hidden 300 -layers 2 -batch 16 -steps 40",
		"-cell testdata/narrow.cell -hidden 300 -embed 300 -batch 16 -steps 40",
	} {
		compareNeeds(t, tiny(strings.Fields(args)...), args)
	}
}

func compareNeeds(t *testing.T, c *config, args string) {
	t.Helper()
	const symbols = 256
	n, err := c.needs(symbols)
	check(err)
	text := append(make([]byte, 2*c.Batch*c.Steps), anyBytes(symbols)...)
	before := live()
	_, trainer := trainerOf(c, text)
	must(trainer.Step())
	got := live() - before
	runtime.KeepAlive(trainer)
	said := n.model + n.work
	t.Logf("%s: %v, said to be %v (%v and %v)", args, got, said, n.model, n.work)
	if got > said || 1.5*got < said-1e6 {
		t.Errorf("%s: %v are allocated, said to be %v", args, got, said)
	}
}

// TestTextFits expects a text to have the memory that the model leaves, and no more.
func TestTextFits(t *testing.T) {
	text := file(t, make([]byte, 1_500_000))
	args := []string{"-hidden", "300", "-embed", "5", "-batch", "4", "-steps", "6", "-text", text}
	megabytes := int(must(tiny(args...).needs(256)).sum()/1e6) + 5
	_, stderr, code := lm(t, append([]string{"train"}, append(args, "-memory", strconv.Itoa(megabytes))...)...)
	if code != 1 || !strings.Contains(stderr, "the most that the memory has room for") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if left := must(tiny(args...).checkMemory(memory(megabytes)*1e6, 256, "hidden")); left < 4e6 || left > 5e6 {
		t.Errorf("%v are left", left)
	}
}

// live returns how much memory is in use, without garbage.
func live() memory {
	runtime.GC()
	runtime.GC() // pools keep what they have for one more cycle
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return memory(m.HeapAlloc)
}
