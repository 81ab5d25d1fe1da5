package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/cellgen/cellgen/cmd/search/study"
)

// TestGoesOn goes on with a study that is done: by the same command, by one that names no more than
// the folder, and not by one that says something else. A study has nothing of strategies that are
// not its own, so that another default of theirs does not matter.
func TestGoesOn(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "study")
	args := smallArgs(t, folder, "tokens 2", study.AtRandom, "-quiet")
	succeed(t, args...)
	before := file(folder, "journal.jsonl")
	succeed(t, args...)
	succeed(t, "run", "-study", folder, "-quiet", "-workers", "1")
	if file(folder, "journal.jsonl") != before {
		t.Error("a study that is done has another journal")
	}
	if _, stderr, code := search("run", "-study", folder, "-quiet", "-seed", "7"); code != 1 || !strings.Contains(stderr, "has another study") {
		t.Errorf("another seed: exit code %d, %s", code, stderr)
	}
	if config := file(folder, "study.json"); strings.Contains(config, "reinforce") || strings.Contains(config, "population") {
		t.Errorf("a random search has\n%s", config)
	}
	succeed(t, append(args, "-learningrate", "0.5")...)
}

// TestFoldersOfOthers makes no study over files of others, and says what is wrong with a study that
// cannot be read: nothing changes.
func TestFoldersOfOthers(t *testing.T) {
	for _, name := range []string{"text", "journal.jsonl", "runs.jsonl"} {
		folder := t.TempDir()
		check(writeFile(filepath.Join(folder, name), []byte("precious")))
		_, stderr, code := search(smallArgs(t, folder, "tokens 2", study.AtRandom, "-quiet")...)
		if code != 1 || !strings.Contains(stderr, name+" is there") || file(folder, name) != "precious" {
			t.Errorf("a folder with %s: exit code %d, %s", name, code, stderr)
		}
	}
	folder := small(t, "tokens 2", study.AtRandom)
	whole := file(folder, "study.json")
	for damaged, want := range map[string]string{whole[:100]: "study.json: ", "": "study.json: "} {
		check(writeFile(filepath.Join(folder, "study.json"), []byte(damaged)))
		if _, stderr, code := search("run", "-study", folder, "-quiet"); code != 1 || !strings.Contains(stderr, want) || strings.Contains(stderr, "another study") {
			t.Errorf("a damaged study.json: exit code %d, %s", code, stderr)
		}
	}
	check(writeFile(filepath.Join(folder, "study.json"), []byte(whole)))
	check(writeFile(filepath.Join(folder, "text"), []byte("another text")))
	if _, stderr, code := search("run", "-study", folder, "-quiet"); code != 1 || !strings.Contains(stderr, "SHA-256") {
		t.Errorf("another text: exit code %d, %s", code, stderr)
	}
}

// TestNoFolder begins studies that cannot be: each error says why, and no folder is left.
func TestNoFolder(t *testing.T) {
	plain, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true})
	check(err)
	plain.Start()
	defer plain.Shutdown()
	if !plain.ReadyForConnections(time.Minute) {
		t.Fatal("the server is not ready")
	}
	short := filepath.Join(t.TempDir(), "short")
	check(writeFile(short, []byte("abc")))
	table := filepath.Join(t.TempDir(), "table.csv.gz")
	succeed(t, "table", "-study", small(t, "tokens 2", study.AtRandom), "-o", table)
	for _, c := range []struct {
		args []string
		want string
		code int
	}{
		{[]string{"-text", short}, "the text has 3 bytes", 1},
		{[]string{"-url", "nats://127.0.0.1:1"}, "connecting to the message server nats://127.0.0.1:1", 1},
		{[]string{"-url", plain.ClientURL()}, "nats-server -js", 1},
		{[]string{"-strategy", "every", "-space", "tokens 3"}, "too many to list", 2},
		{[]string{"-table", table, "-space", "tokens 3"}, "-space and -table", 2},
		{[]string{"-table", table, "-rates", "0.1"}, "-rates and -table", 2},
		{[]string{"-table", table, "-repeat", "3"}, "-repeat and -table", 2},
		{[]string{"-table", table}, "the table has", 1},
	} {
		folder := filepath.Join(t.TempDir(), "study")
		_, stderr, code := search(append([]string{"run", "-study", folder, "-quiet"}, c.args...)...)
		if code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit code %d, %s", c.args, code, stderr)
		}
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v: the folder is there: %v", c.args, err)
		}
	}
	for _, args := range [][]string{{"-text", short}, {"-url", "nats://127.0.0.1:1"}} {
		folder := filepath.Join(t.TempDir(), "study")
		if _, stderr, code := search(append([]string{"iterate", "-study", folder}, args...)...); code != 1 {
			t.Errorf("iterate %v: exit code %d, %s", args, code, stderr)
		}
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("iterate %v: the folder is there: %v", args, err)
		}
	}
	if _, stderr, code := search("worker", "-url", plain.ClientURL()); code != 1 || !strings.Contains(stderr, "nats-server -js") {
		t.Errorf("a worker: exit code %d, %s", code, stderr)
	}
}

// TestDone has studies say how they have ended, when they do and when nothing is left to do.
func TestDone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "study")
	args := smallArgs(t, folder, "tokens 2", study.AtRandom)
	for range 2 {
		_, stderr, code := search(args...)
		_, _, batches := journalOf(folder)
		want := folder + " is done; the best cell is " + batches[len(batches)-1].Best.Cell + ", "
		if code != 0 || !strings.Contains(stderr, want) {
			t.Errorf("exit code %d, %s; want %q", code, stderr, want)
		}
	}
	folder = filepath.Join(t.TempDir(), "study")
	_, stderr, code := search(smallArgs(t, folder, "tokens 2 relu mul", study.AtRandom, "-rates", "1e9")...)
	if want := folder + " is done, and none of its cells has learned anything"; code != 0 || !strings.Contains(stderr, want) {
		t.Errorf("exit code %d, %s; want %q", code, stderr, want)
	}
}

// TestFlagMistakes gives values that are out of range: the error names the flag, and nothing is made.
func TestFlagMistakes(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-rows 0", "-rows is 0; want"},
		{"-repeat -1", "-repeat is -1; want"},
		{"-repeat 1 -seeds -1", "-seeds is -1; want"},
		{"-trials 0", "-trials is 0; want at least 1"},
		{"-batch 0", "-batch is 0; want"},
		{"-promote 0", "-promote is 0; want"},
		{"-parameters 0", "-parameters is 0; want"},
		{"-embed 0", "-embed is 0; want"},
		{"-steps 0", "-steps is 0; want"},
		{"-validation 0", "-validation is 0; want"},
		{"-rungs 5,5", "-rungs are [5 5]; want"},
		{"-rates 0.01,0.0100000001", "-rates are [0.01 0.0100000001]; want different float32"},
		{"-strategy randon", `-strategy is "randon" (did you mean "random"?); want one of`},
		{"-backend abacus", "-backend: "},
		{"-limit -1", "-limit is -1, want at least 0"},
		{"-layers 0", "-layers is 0; want"},
		{"-hidden 0", "-hidden is 0; want"},
		{"-learningrate -1", "-learningrate is -1; want"},
		{"-baseline 1", "-baseline is 1; want"},
		{"-entropy NaN", "-entropy is NaN; want"},
		{"-queue -1", "-queue is -1; want"},
		{"-queueweight -1", "-queueweight is -1; want"},
		{"-reward x", `-reward is "x"; want`},
		{"-strategy evolution -population 0", "-population is 0; want"},
		{"-strategy evolution -tournament 0", "-tournament is 0; want"},
	} {
		folder := filepath.Join(t.TempDir(), "study")
		_, stderr, code := search(append([]string{"run", "-study", folder}, strings.Fields(c.args)...)...)
		if code != 2 || !strings.HasPrefix(stderr, "search: "+c.want) {
			t.Errorf("%s: exit code %d, %q; want %q", c.args, code, stderr, c.want)
		}
		if _, err := os.Stat(folder); err == nil {
			t.Errorf("%s has made the folder", c.args)
		}
	}
	folder := small(t, "tokens 2", study.AtRandom) // of a file, the error names the file's field
	check(writeFile(filepath.Join(folder, "study.json"), []byte(strings.Replace(file(folder, "study.json"), `"steps": 8`, `"steps": 0`, 1))))
	if _, stderr, code := search("run", "-study", folder); code != 1 || !strings.Contains(stderr, "study.json: child.steps is 0; want") {
		t.Errorf("a damaged study.json: exit code %d, %q", code, stderr)
	}
}

// TestWriteErrors writes where no file can be: the error says which file.
func TestWriteErrors(t *testing.T) {
	folder, below := small(t, "tokens 2", study.AtRandom), filepath.Join(t.TempDir(), "none")
	svg := filepath.Join(below, "a.svg")
	full := t.TempDir() // where the source's name is a folder's
	check(os.MkdirAll(filepath.Join(full, "spec.toml"), 0o700))
	for _, c := range []struct {
		args []string
		path string
	}{
		{[]string{"plot", "-o", svg}, svg},
		{[]string{"table", "-o", svg}, svg},
		{[]string{"export", "-csv", svg}, svg},
		{[]string{"export", "-jsonl", svg}, svg},
		{[]string{"export", "-o", full}, filepath.Join(full, "spec.toml")},
	} {
		if _, stderr, code := search(append(c.args, "-study", folder)...); code != 1 || !strings.HasPrefix(stderr, "search: writing "+c.path+": ") {
			t.Errorf("%v: exit code %d, %q", c.args, code, stderr)
		}
	}
}
