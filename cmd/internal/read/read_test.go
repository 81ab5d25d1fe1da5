package read

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/front"
)

// TestSource reads a spec from files of various names, and expects nil for a wrong spec, not an
// interface that holds a nil spec.
func TestSource(t *testing.T) {
	good := []byte("name = 'A'\ntokens = 'add tanh add tanh 0 0'\n")
	for _, file := range []string{"spec.toml", "SPEC.TOML", "spec", "a.b/spec.txt"} {
		source, err := Source(file, good)
		if _, ok := source.(*cell.Spec); !ok || err != nil {
			t.Errorf("%s is read as %T: %v", file, source, err)
			continue
		}
		if again, err := Source(file, []byte(source.String())); err != nil || again.String() != source.String() {
			t.Errorf("%s reads back as %v: %v", file, again, err)
		}
		source, err = Source(file, good[:20])
		var mistakes front.Errors
		if source != nil || !errors.As(err, &mistakes) || mistakes[0].File != file {
			t.Errorf("%s, cut off, is read as %v: %v", file, source, err)
		}
	}
	if source, err := File("nowhere.toml"); source != nil || err == nil {
		t.Errorf("a missing file is read as %v", source)
	}
}

const gru = `cell A "a doc"
state  h
matrix W (hidden, input) = fan_uniform
vector b c = 0
h' = tanh(W @ x + b + h)
output h'
`

// TestCell reads equations from files of various names, and from a spec that names the file.
func TestCell(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.cell"), []byte(gru), 0o666); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{
		"a.cell": gru, "a": gru, "<stdin>": "\ufeff# cell\r\n\n  " + strings.ReplaceAll(gru, "\n", "\r\n"),
		filepath.Join(dir, "spec.toml"): "cell = 'a.cell'\ndoc = 'another'\npackage = 'p'",
	} {
		source, err := Source(file, []byte(text))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		want := [2]string{"", "a doc"}
		if strings.HasPrefix(text, "cell =") {
			want = [2]string{"p", "another"}
		}
		if head := source.Head(); head.Name != "A" || [2]string{head.Package, head.Doc} != want {
			t.Errorf("%s is read as %+v", file, head)
		}
		again, err := Source(FileOf(source), []byte(source.String()))
		if err != nil || again.String() != source.String() || Equations(again) == nil {
			t.Errorf("%s reads back as %v: %v", file, again, err)
		}
		if got := Warnings(source).Warning(); !strings.HasSuffix(got, ": warning: nothing reads c") || strings.Contains(got, "\n") {
			t.Errorf("%s: %s", file, got)
		}
	}
}

// TestCellMistakes expects places in the file that has the mistake.
func TestCellMistakes(t *testing.T) {
	dir := t.TempDir()
	bad, spec := filepath.Join(dir, "bad.cell"), filepath.Join(dir, "spec.toml")
	if err := os.WriteFile(bad, []byte("cell A\nstate h\noutput g"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][3]string{
		{"a.cell", "name = 'A'", "a.cell:1:1: "},
		{"a", "cell Main\nstate h\nh' = x\noutput h'\ndim input = hidden", `a:1:6: package "main" cannot be imported`},
		{spec, "cell = 'bad.cell'", bad + ":2:1: "},
		{spec, "cell = 'nowhere.cell'", spec + ":1:8: reading the cell: "},
		{spec, "cell = '../" + filepath.Base(dir) + "'\n", spec + ":1:8: cell is "},
		{"<stdin>", "cell = 'nowhere.cell'", "<stdin>:1:8: reading the cell: "},
		{"<stdin>", "cell 'A'", "<stdin>:1:6: "},
		{"<stdin>", "cellular A", "<stdin>:1:10: "},
	} {
		source, err := Source(c[0], []byte(c[1]))
		var mistakes front.Errors
		if source != nil || !errors.As(err, &mistakes) || !strings.HasPrefix(err.Error(), c[2]) {
			t.Errorf("%s: %q is read as %v: %v, want %s…", c[0], c[1], source, err, c[2])
		}
	}
}
