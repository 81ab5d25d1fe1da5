package cell

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/gen/front"
)

// Spec is what a spec file says: a cell, and what its package is called. It is a
// gen.Source.
type Spec struct {
	Name    string // a Go identifier
	Doc     string // of the package; may be empty
	Package string // the package's name; empty if the spec does not say
	Bias    bool   // whether leaves have a bias, on the recurrent side
	Cell    *Cell
}

// NewSpec makes a spec from flags of the command line; pkg may be empty. Mistakes are front.Errors, with the flag in place of the file.
func NewSpec(name, tokens, pkg string) (*Spec, error) {
	s := &Spec{Name: name, Package: pkg}
	var errs front.Errors
	errs.Check(front.Start("-name"), front.CheckName(name))
	if pkg != "" || len(errs) == 0 {
		errs.Check(front.Start("-package"), front.CheckPackage(cmp.Or(pkg, strings.ToLower(name))))
	}
	c, err := Parse("-tokens", tokens)
	errs.Join(err)
	s.Cell = c
	if err := errs.OrNil(); err != nil {
		return nil, err
	}
	return s, nil
}

// Head returns what the spec says about its cell besides the graph.
func (s *Spec) Head() front.Head {
	bare := &Spec{Name: s.Name, Bias: s.Bias, Cell: s.Cell}
	return front.Head{
		Name: s.Name, Package: s.Package, Doc: s.Doc, Source: bare.String(),
		Text: front.Section{
			Title: fmt.Sprintf("Tokens, base %d (Zoph & Le 2017, section 3.4)", s.Cell.Leaves()),
			Lines: wrap(s.Cell.Tokens(), 72),
		},
		Equations: front.Section{
			Title: "Equations, with x = x_t, h = h_{t-1} and c = c_{t-1}",
			Lines: s.Cell.Equations(s.Bias),
		},
	}
}

// wrap joins words into lines of at most width bytes.
func wrap(words []string, width int) []string {
	lines := []string{""}
	for _, w := range words {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = w
		case len(*last)+1+len(w) > width:
			lines = append(lines, w)
		default:
			*last += " " + w
		}
	}
	return lines
}

// String returns the spec as a file that ReadSpec reads back.
func (s *Spec) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "name = %q\n", s.Name)
	if s.Doc != "" {
		fmt.Fprintf(&b, "doc = %s\n", strconv.QuoteToGraphic(s.Doc))
	}
	if s.Package != "" {
		fmt.Fprintf(&b, "package = %q\n", s.Package)
	}
	if s.Bias {
		b.WriteString("bias = true\n")
	}
	fmt.Fprintf(&b, "tokens = %q\n", s.Cell)
	return b.String()
}
