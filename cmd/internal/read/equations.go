package read

import (
	"bytes"
	"cmp"
	"errors"
	"path/filepath"
	"strings"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/front"
)

// linked is a cell in a file that a spec names. The spec says what its package is called, and
// may say what it is.
type linked struct {
	*equation.Cell
	spec *cell.Link
}

// Head returns what the file says, with what the spec says in its place.
func (l linked) Head() front.Head {
	h := l.Cell.Head()
	h.Package, h.Doc = l.spec.Package, cmp.Or(l.spec.Doc, h.Doc)
	return h
}

// Equations returns the cell of a source that is written as equations, or nil.
func Equations(s gen.Source) *equation.Cell {
	switch s := s.(type) {
	case *equation.Cell:
		return s
	case linked:
		return s.Cell
	}
	return nil
}

// Warnings returns what a source has that nothing reads.
func Warnings(s gen.Source) front.Errors {
	if c := Equations(s); c != nil {
		return c.Warnings
	}
	return nil
}

// isCell reports whether a text begins, after blanks and comments, with "cell" and a name: in
// a spec, "=" follows each word.
func isCell(text []byte) bool {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		rest, ok := bytes.CutPrefix(line, []byte("cell"))
		name := bytes.TrimLeft(rest, " \t")
		return ok && len(name) < len(rest) && len(name) > 0 && name[0] != '='
	}
	return false
}

// readCell reads a cell whose package has the cell's name in lower case.
func readCell(file string, text []byte) (gen.Source, error) {
	c, err := equation.Read(file, text)
	if err == nil {
		err = checkPackage(c)
	}
	if err != nil {
		return nil, err // and not a Source that holds nil
	}
	return c, nil
}

// checkPackage returns a mistake unless a package can have a cell's name in lower case.
func checkPackage(c *equation.Cell) error {
	var errs front.Errors
	for _, l := range c.File.Lines {
		if h, ok := l.Item.(*equation.Header); ok {
			errs.Check(h.Name.Position, front.CheckPackage(strings.ToLower(c.Name)))
		}
	}
	return errs.OrNil()
}

// readSpec reads a spec, and the file that it may name.
func readSpec(file string, text []byte) (gen.Source, error) {
	spec, link, err := cell.ReadSpecOrLink(file, text)
	switch {
	case err != nil:
		return nil, err
	case link != nil:
		return follow(file, link)
	}
	return spec, nil
}

// follow reads the file that a spec names.
func follow(spec string, link *cell.Link) (gen.Source, error) {
	file := filepath.FromSlash(link.File)
	if !filepath.IsAbs(file) {
		file = filepath.Join(filepath.Dir(spec), file)
	}
	text, err := Regular(file, equation.MaxSource)
	var mistakes front.Errors
	switch {
	case errors.As(err, &mistakes):
		return nil, err
	case err != nil:
		return nil, front.Errors{{Position: link.Position, Message: "reading the cell: " + err.Error()}}
	}
	c, err := equation.Read(file, text)
	if err == nil && link.Package == "" {
		err = checkPackage(c)
	}
	if err != nil {
		return nil, err
	}
	return linked{c, link}, nil
}
