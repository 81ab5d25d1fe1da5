package cell

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Spec is what a spec file says: a cell and how its package is to be made.
type Spec struct {
	Name    string // a Go identifier
	Doc     string // of the package; empty for none
	Package string // the package's name; by default Name in lower case
	Bias    bool   // whether leaves have a bias, on the recurrent side
	Cell    *Cell
}

// NewSpec makes a spec of command-line words. An empty pkg stands for the name
// in lower case. Mistakes are Errors, with the flag in place of a file.
func NewSpec(name, tokens, pkg string) (*Spec, error) {
	s := &Spec{Name: name, Package: cmp.Or(pkg, strings.ToLower(name))}
	var errs Errors
	errs.check(Position{"-name", 1, 1}, checkName(name))
	if pkg != "" || len(errs) == 0 {
		errs.check(Position{"-package", 1, 1}, checkPackage(s.Package))
	}
	c, err := Parse("-tokens", tokens)
	errs.join(err)
	s.Cell = c
	if err := errs.orNil(); err != nil {
		return nil, err
	}
	return s, nil
}

// SetPackage gives the package another name, from a source called file.
func (s *Spec) SetPackage(file, name string) error {
	var errs Errors
	errs.check(Position{file, 1, 1}, checkPackage(name))
	s.Package = name
	return errs.orNil()
}

// String returns the spec as a file that ReadSpec reads back.
func (s *Spec) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "name = %q\n", s.Name)
	if s.Doc != "" {
		fmt.Fprintf(&b, "doc = %s\n", strconv.QuoteToGraphic(s.Doc))
	}
	if s.Package != strings.ToLower(s.Name) {
		fmt.Fprintf(&b, "package = %q\n", s.Package)
	}
	if s.Bias {
		b.WriteString("bias = true\n")
	}
	fmt.Fprintf(&b, "tokens = %q\n", s.Cell)
	return b.String()
}
