package gen

import (
	"bytes"

	"github.com/cellgen/cellgen/gen/emit/gosrc"
)

// File is a generated file: its name, without a folder, and what it says.
type File struct {
	Name string
	Data []byte
}

// Generate compiles a cell and returns the files of its package. Equal cells
// give equal files.
func (p *Program) Generate() ([]File, error) {
	s := p.Spec
	src, err := gosrc.Write(&gosrc.Package{
		Package: s.Package, Name: s.Name, Doc: s.Doc,
		Tokens: s.Cell.Tokens(), Equations: s.Cell.Equations(s.Bias), Leaves: s.Cell.Leaves(), Bias: s.Bias,
		Tape: p.Tape, Forward: p.Forward, Backward: p.Backward,
	})
	if err == nil {
		err = gosrc.Verify(src, gosrc.CellShape(s.Package))
	}
	if err != nil {
		return nil, err
	}
	return []File{{s.Package + "_cellgen.go", src}}, nil
}

// IsGenerated reports whether the file begins as those that cellgen generates.
func IsGenerated(data []byte) bool {
	return bytes.HasPrefix(data, []byte("// "+gosrc.Header))
}
