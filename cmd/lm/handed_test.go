package main

import (
	"io"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/language"
)

// oracle is a folder of cells.
const oracle = "../../gen/equation/testdata/oracle/"

// TestCellOfFile trains cells of files: widths that they leave open are the layers'.
func TestCellOfFile(t *testing.T) {
	for name, args := range map[string][]string{
		"LSTMP": {"-width", "proj=7"}, "SRU": {"-embed", "17"},
	} {
		c := tiny(append([]string{"-cell", oracle + name + ".cell", "-epochs", "10"}, args...)...)
		_, first, last := learn(c, pattern[:600])
		m, _ := trainerOf(c, pattern[:600])
		if last > first-1 {
			t.Errorf("%s: %.2f bits per byte at first, %.2f at the end", name, first, last)
		}
		if got, want := m.Stack.Layer("layer0").Output(), language.Output(c.use, c.Options.Options); got != want {
			t.Errorf("%s: the output has width %d, want %d", name, got, want)
		}
	}
}

// TestWidthsOfCell expects the widths that a cell leaves open to be asked for, and no others.
func TestWidthsOfCell(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"LSTMP.cell", "width proj open"},
		{"LSTMP.cell -width proj=7 -width pro=7", "-width pro:"},
		{"SRU.cell -embed 17 -hidden 17 -width input=17", "-width input: every cell has this width"},
		{"SRU.cell", "demands dim input = hidden"},
	} {
		_, err := parseConfig(strings.Fields("-cell "+oracle+c.args), io.Discard)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.args, err, c.want)
		}
	}
}
