package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/cells"
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
			check(os.RemoveAll(filepath.Join(folder, "generation-2"))) // as if it had been interrupted
			for _, again := range [][]string{{"iterate", "-study", folder, "-quiet"}, args} {
				if got := program(t, again...); withoutCompiling(got) != withoutCompiling(output) {
					t.Errorf("%v prints\n%s\nbefore\n%s", again, got, output)
				}
			}
		})
	}
}

// withoutCompiling returns output without what says that a cell is compiled.
func withoutCompiling(output string) string {
	return regexp.MustCompile(`(?m)^compiling.*\n`).ReplaceAllString(output, "")
}

// TestIterateNone begins with a controller without a cell: the next one is as large as the default
// controller. Without iterate.json a command must say how many generations there are; with it, it may
// say more than before.
func TestIterateNone(t *testing.T) {
	table, every := everyCell(t)
	folder := filepath.Join(t.TempDir(), "study")
	args := []string{"iterate", "-study", folder, "-table", table, "-quiet", "-interpret"}
	begun := append(slices.Clone(args), "-text", filepath.Join(every, "text"), "-trials", "12", "-batch", "6", "-hidden", "10", "-layers", "1", "-controller", "none", "-generations", "2")
	program(t, begun...)
	c, _, err := study.Load(filepath.Join(folder, "generation-1"))
	check(err)
	s, r := must(space.Parse(c.Child.Space)), c.Reinforce
	lstm := must(study.Reinforce{Layers: 1, Hidden: 10}.Measure(s))
	own := must(r.Fit(s, 0))
	r.Hidden++
	if more := must(r.Fit(s, 0)); own > lstm || more <= lstm {
		t.Errorf("generation 1 has %d parameters, with one more unit %d; an LSTM has %d", own, more, lstm)
	}
	args = []string{"iterate", "-study", folder, "-table", table, "-quiet"}
	more := program(t, append(args, "-generations", "3")...)
	if again := program(t, args...); strings.Count(again, "generation ") != 3 || again != more {
		t.Errorf("with one more generation it prints\n%s\nand then\n%s", more, again)
	}
	if c, _, err := study.Load(filepath.Join(folder, "generation-2")); err != nil || c.Reinforce.Compiled {
		t.Errorf("generation 2: %+v, %v", c.Reinforce, err)
	}
	plan := file(folder, "iterate.json")
	if _, stderr, code := search(append(begun, "-layers", "3")...); code != 1 || !strings.Contains(stderr, "iterate.json has another plan") || file(folder, "iterate.json") != plan {
		t.Errorf("another plan: exit code %d, %s; %s", code, stderr, file(folder, "iterate.json"))
	}
	for damaged, want := range map[string]string{"": "iterate.json: ", `{"generations": 0}`: "iterate.json: 0 generations"} {
		check(writeFile(filepath.Join(folder, "iterate.json"), []byte(damaged)))
		if _, stderr, code := search(args...); code != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%q in iterate.json: exit code %d, %s", damaged, code, stderr)
		}
	}
	check(os.Remove(filepath.Join(folder, "iterate.json")))
	if _, stderr, code := search(args...); code != 1 || !strings.Contains(stderr, "-generations") {
		t.Errorf("without iterate.json: exit code %d, %s", code, stderr)
	}
}

// TestIterateInterrupted interrupts a generation: it is said once.
func TestIterateInterrupted(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "study")
	args := smallArgs(t, folder, "tokens 2", study.ByReinforce, "-quiet", "-trials", "1000000", "-hidden", "8")
	args[0] = "iterate"
	cmd := asProcess(t, args...)
	check(cmd.Start())
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if info, err := os.Stat(filepath.Join(folder, "generation-0", "journal.jsonl")); err == nil && info.Size() > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it has not begun")
		}
	}
	check(cmd.Process.Signal(os.Interrupt))
	_ = cmd.Wait()
	if said := cmd.Stderr.(*bytes.Buffer).String(); cmd.ProcessState.ExitCode() != 130 || strings.Count(said, "interrupted") != 1 || strings.Count(said, "\n") != 1 || !strings.Contains(said, goesOn) {
		t.Errorf("exit code %d, %q", cmd.ProcessState.ExitCode(), said)
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
	own := filepath.Join(t.TempDir(), "own.cell")
	check(writeFile(own, []byte("cell Own\ninput m (hidden)\nstate h\nmatrix W (hidden, input) = glorot_uniform\nh' = tanh(W @ x + m)\noutput h'\n")))
	wide := filepath.Join(t.TempDir(), "wide.cell")
	check(writeFile(wide, []byte(must(cells.Find("nascellp")).Describe().Source)))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-generations", "0"}, "-generations is 0"},
		{[]string{"-strategy", "random"}, "-strategy is random"},
		{[]string{"-workers", "0"}, "-workers is 0"},
		{[]string{"-space", "nonsense"}, "-space: "},
		{[]string{"-limit", "-1"}, "-limit is -1"},
		{[]string{"-controller", "nonsense"}, `unknown cell "nonsense" (did you mean "none"?), want one of enas, gru, grubefore, lstm, nascell, peephole, `},
		{[]string{"-controller", "nascellp"}, "the cell nascellp leaves widths open (proj)"},
		{[]string{"-controller", wide}, "the cell NASCellP leaves widths open (proj)"},
		{[]string{"-controller", own}, "the cell Own reads more than x (m)"},
	} {
		for _, command := range []string{"iterate", "run"} {
			if command == "run" && (c.args[0] == "-generations" || c.args[0] == "-strategy") {
				continue
			}
			folder := filepath.Join(t.TempDir(), "study")
			if _, stderr, code := search(append([]string{command, "-study", folder}, c.args...)...); code != 2 || !strings.Contains(stderr, c.want) || strings.Contains(stderr, "compiling") {
				t.Errorf("%s %v: exit code %d, %q", command, c.args, code, stderr)
			}
			if _, err := os.Stat(folder); err == nil {
				t.Errorf("%s %v has made the folder", command, c.args)
			}
		}
	}
	if help, _, _ := search("run", "-h"); strings.Contains(help, "nascellp") || !strings.Contains(help, "nascell, peephole") {
		t.Errorf("the help says\n%s", help)
	}
}
