package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// process runs the command as a program of its own.
func program(t *testing.T, args ...string) (output string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "search", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("search %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestIterate runs three generations. The controller of each is made of the cell that the one
// before has found, compiled, with as many parameters as the first has, as near as units allow.
// The same command goes on where it stopped.
func TestIterate(t *testing.T) {
	for _, kind := range []string{"tokens 2", "dag 2"} {
		t.Run(kind, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "study")
			args := smallArgs(t, folder, kind, study.ByReinforce, "-generations", "3", "-quiet", "-hidden", "12", "-layers", "1")
			args[0] = "iterate"
			output := program(t, args...)
			lines := regexp.MustCompile(`(?m)^generation (\d): the controller of (\w+), (\d+) units, finds (\w+),`).FindAllStringSubmatch(output, -1)
			if len(lines) != 3 || lines[0][2] != "lstm" {
				t.Fatalf("three generations print\n%s", output)
			}
			s := must(space.Parse(kind))
			for n, line := range lines {
				generation := filepath.Join(folder, "generation-"+line[1])
				c, _, err := study.Load(generation)
				check(err)
				best := bestOf(generation)
				if best.Cell != line[4] {
					t.Errorf("generation %d has found %s, and prints %s", n, best.Cell, line[4])
				}
				if n == 0 {
					continue
				}
				if r := c.Reinforce; !r.Compiled || lines[n-1][4] != must(read.Source("", []byte(r.Cell))).Head().Name || line[2] != lines[n-1][4] {
					t.Errorf("the controller of generation %d is %+v; generation %d has found %s", n, r, n-1, lines[n-1][4])
				}
				first, _, err := study.Load(filepath.Join(folder, "generation-0"))
				check(err)
				parameters := must(first.Reinforce.Fit(s, 0))
				r := c.Reinforce
				r.Compiled = false // here it is interpreted
				own := must(r.Fit(s, 0))
				r.Hidden++
				if more := must(r.Fit(s, 0)); own > parameters || more <= parameters {
					t.Errorf("generation %d has %d parameters, with one more unit %d; the first has %d", n, own, more, parameters)
				}
			}
			if svg := file(folder, "generations.svg"); !strings.Contains(svg, "<svg") {
				t.Error("generations.svg is not a picture")
			}
			if again := program(t, args...); regexp.MustCompile(`(?m)^compiling.*\n`).ReplaceAllString(again, "") != regexp.MustCompile(`(?m)^compiling.*\n`).ReplaceAllString(output, "") {
				t.Errorf("again it prints\n%s\nbefore\n%s", again, output)
			}
		})
	}
}

// TestCompiledController runs a study with the controller's cell of a file, compiled and
// interpreted: they are different studies, as numbers are the same only up to rounding.
func TestCompiledController(t *testing.T) {
	cell := filepath.Join(t.TempDir(), "found.toml")
	check(writeFile(cell, []byte("name = \"Found\"\ntokens = \"add tanh mul relu mul sigmoid add relu 1 0\"\n")))
	folder := filepath.Join(t.TempDir(), "study")
	args := smallArgs(t, folder, "tokens 2", study.ByReinforce, "-controller", cell, "-quiet")
	if out := program(t, args...); !strings.Contains(out, "compiling the controller's cell, Found") {
		t.Errorf("it prints %q", out)
	}
	trials, _, _ := journalOf(folder)
	if len(trials) != 24 {
		t.Errorf("%d trials", len(trials))
	}
	if out := program(t, "verify", "-study", folder, "-runs", "3"); !strings.Contains(out, "the strategy decides the same in 24 trials") {
		t.Errorf("verify prints %q", out)
	}
	if _, stderr, code := search(append(args, "-interpret")...); code != 1 || !strings.Contains(stderr, `"compiled": false`) {
		t.Errorf("interpreted in the same folder: exit code %d, %s", code, stderr)
	}
	args[2] = folder + "2"
	succeed(t, append(args, "-interpret")...)
	if c, _, err := study.Load(folder + "2"); err != nil || c.Reinforce.Compiled {
		t.Errorf("interpreted: %+v, %v", c.Reinforce, err)
	}
}

// TestIterateMistakes are wrong usage.
func TestIterateMistakes(t *testing.T) {
	for _, args := range [][]string{
		{"-generations", "0"},
		{"-strategy", "random"},
		{"-workers", "0"},
		{"-space", "nonsense"},
		{"-controller", "nonsense"},
	} {
		if _, stderr, code := search(append([]string{"iterate", "-study", t.TempDir()}, args...)...); code == 0 || stderr == "" {
			t.Errorf("%v: exit code %d, %q", args, code, stderr)
		}
	}
}
