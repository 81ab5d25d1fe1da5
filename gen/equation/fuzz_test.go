package equation

import (
	"errors"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/soak"
)

// FuzzRead reads anything. What is accepted can be printed and read again, and mistakes are as
// front.Errors promises.
func FuzzRead(f *testing.F) {
	for _, path := range append(sources(f, "testdata/oracle/*.cell", 17), sources(f, "testdata/catalogue/*.cell", 40)...) {
		f.Add(textOf(f, path))
	}
	for _, c := range append(wrongDeclarations, wrongLines...) {
		f.Add(gru("n = r * h\n" + c.src))
	}
	for _, c := range wrongFiles {
		f.Add(c.src)
	}
	for _, h := range hostiles {
		f.Add(h.of(300))
	}
	f.Fuzz(func(t *testing.T, src string) {
		var err error
		soak.Bounded(t, len(src), func() { _, err = Read("f", []byte(src)) })
		if err != nil {
			checkErrors(t, src, err)
		}
		if _, err := Parse("f", []byte(src)); err == nil {
			checkFormat(t, src)
		}
	})
}

// checkErrors checks what front.Errors promises: not too many, places inside the source, in
// order, and short messages of one line.
func checkErrors(t *testing.T, src string, err error) {
	t.Helper()
	var all front.Errors
	if !errors.As(err, &all) || len(all) == 0 {
		t.Fatalf("%q: error %v is not a list of mistakes", src, err)
	}
	if n := strings.Count(err.Error(), "\n"); n > 100 {
		t.Errorf("%.50q: %d mistakes are listed", src, n)
	}
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(src, "\ufeff"), "\r\n", "\n"), "\n")
	for i, e := range all {
		if e.Line < 1 || e.Line > len(lines) || e.Col < 1 || e.Col > len(lines[e.Line-1])+1 {
			t.Errorf("%q: the place of %v is outside the source", src, e)
		}
		if i > 0 && (e.Line < all[i-1].Line || e.Line == all[i-1].Line && e.Col < all[i-1].Col) {
			t.Errorf("%q: %v is after %v", src, e, all[i-1])
		}
		if len(e.Message) > 1000 || strings.ContainsAny(e.Message, "\n\r") {
			t.Errorf("%.50q: the message %q", src, e.Message)
		}
	}
}
