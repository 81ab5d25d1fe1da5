package equation

import (
	"fmt"
	"strings"
	"testing"
)

// gru is a cell around a line, which is its seventh.
func gru(line string) string {
	return "cell GRU\nstate  h\nmatrix W (hidden, input) = 0\nmatrix U Un (hidden, hidden) = 0\n" +
		"vector b = 0\nr = sigmoid(W @ x + U @ h + b)\n" + line + "\nh' = r * h + Un @ n\noutput h'\n"
}

// TestSpecified expects the messages of the specification, word for word.
func TestSpecified(t *testing.T) {
	for _, c := range []struct{ file, src, want string }{
		{"gru.cell", gru("n = tanh(W @ x + U @ r * h)"), `gru.cell:7:18: "@" and "*" in one term are ambiguous: write U @ (r * h) or (U @ r) * h`},
		{"gru.cell", gru("n = tanh(Un * (r * h))\nh = n"), "gru.cell:7:10: Un is a matrix: write Un @ (…)\ngru.cell:8:1: h is a state: its next value is written h'"},
		{"gru.cell", "cell A\nstate  h\nstate  c\nh' = tanh(h + c + x)\noutput h'", "gru.cell:3:1: state c is never updated: there is no equation for c'"},
		{"gru.cell", gru("n = tanh(Un @ x)"), `gru.cell:7:13: Un is hidden×hidden, its operand x has width input: declare Un (hidden, input), or "dim input = hidden"`},
		{"ln.cell", "cell LN\n\nstate h\nmatrix W (hidden, input) = 0\n\n\n\n\nh' = softmax(W @ x)\noutput h'", "ln.cell:9:6: softmax reads other units: cells with reductions over units are not compiled"},
	} {
		_, err := Read(c.file, []byte(c.src))
		if got := fmt.Sprint(err); !strings.Contains("\n"+got+"\n", "\n"+c.want+"\n") {
			t.Errorf("%s\nwant\n%s", got, c.want)
		}
	}
}

// TestErrors expects every mistake of wrong sources, in order, at its exact place.
func TestErrors(t *testing.T) {
	check := func(src, want string) {
		_, err := Read("f", []byte(src))
		if got := fmt.Sprint(err); got != "f:"+strings.ReplaceAll(want, "\n", "\nf:") {
			t.Errorf("%s\n%s\nwant\n%s", src, got, want)
		}
	}
	for _, c := range append(wrongDeclarations, wrongLines...) {
		check(gru("n = r * h\n"+c.src), c.want)
	}
	for _, c := range wrongFiles {
		check(c.src, c.want)
	}
}

// TestLineEnds reads sources as checkouts and editors alter them: the places stay.
func TestLineEnds(t *testing.T) {
	for _, c := range append(wrongDeclarations, wrongLines...) {
		src := gru("n = r * h\n" + c.src)
		crlf := strings.ReplaceAll(src, "\n", "\r\n")
		for _, altered := range []string{crlf, "\ufeff" + src, "\ufeff" + crlf} {
			if _, err := Read("f", []byte(altered)); fmt.Sprint(err) != "f:"+strings.ReplaceAll(c.want, "\n", "\nf:") {
				t.Errorf("%q: %v", altered, err)
			}
		}
	}
}

// TestNoText expects one mistake for what is not UTF-8 text, or too long.
func TestNoText(t *testing.T) {
	for src, want := range map[string]string{
		"cell A\n\xff":                    "f:2:1: the file is not UTF-8 here",
		"\xff\xfec\x00":                   "f:1:1: the file is UTF-16; save it as UTF-8",
		strings.Repeat("#", MaxSource+1):  "f:1:1: 1048577 bytes; the limit is 1048576",
		"cell A\rstate h\r":               "f:1:7: the character U+000D is not printable",
		"cell A # a\x00\nstate h\noutput": "f:1:11: the character U+0000 is not printable",
	} {
		if _, err := Read("f", []byte(src)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.40q: error %v, want %s", src, err, want)
		}
	}
}

// TestWarnings expects what nothing reads, in order.
func TestWarnings(t *testing.T) {
	c, err := Read("f", []byte("cell A\ndim p\ninput m k\nstate h c\nmatrix W V (hidden, input) = 0\nconst a = 1\nr = W @ x\nc' = r\nh' = h\noutput k * h'"))
	if err != nil {
		t.Fatal(err)
	}
	want := "f:2:5: nothing has width p\nf:3:7: nothing reads m\nf:4:1: nothing reads c\nf:5:10: nothing reads V\nf:6:7: nothing reads a"
	if got := c.Warnings.Error(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
