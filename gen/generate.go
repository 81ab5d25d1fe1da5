package gen

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/cellgen/cellgen/gen/emit/amd64"
	"github.com/cellgen/cellgen/gen/emit/gosrc"
)

// File is a generated file: its name, without a folder, and its contents.
type File struct {
	Name string
	Data []byte
}

// Generate returns the files of the cell's package, in Go and in assembly. Equal
// programs give equal files. Its only errors are mistakes in the compiler: a file that
// is not of the shape that its kind must have.
func (p *Program) Generate() ([]File, error) {
	generation := p.generation()
	pkg := &gosrc.Package{
		Head: p.Head, Generation: generation,
		Tape: p.Tape, Stages: p.Stages,
	}
	var files []File
	for _, f := range []struct {
		suffix string
		write  func(*gosrc.Package) ([]byte, error)
		shape  *gosrc.Shape // of a Go file; nil for assembly
	}{
		{".go", gosrc.Write, gosrc.CellShape(pkg)},
		{"_amd64.go", gosrc.WriteDispatch, gosrc.DispatchShape(p.Package, len(p.Stages))},
		{"_amd64.s", func(*gosrc.Package) ([]byte, error) { return amd64.WriteKernels(generation, p.Stages) }, nil},
		{"_noasm.go", gosrc.WritePortableDispatch, gosrc.PortableDispatchShape(p.Package, len(p.Stages))},
	} {
		data, err := f.write(pkg)
		if err == nil && f.shape != nil {
			err = f.shape.Verify(data)
		}
		if err != nil {
			return nil, err
		}
		files = append(files, File{p.Package + "_cellgen" + f.suffix, data})
	}
	return files, nil
}

// generation names what the files of a package must agree on: the graphs, including
// the names of their values, and the contract.
func (p *Program) generation() string {
	hash := sha256.New()
	io.WriteString(hash, gosrc.Contract+"\n") // a hash takes everything
	for _, s := range p.Stages {
		io.WriteString(hash, s.Forward.String())
		io.WriteString(hash, s.Backward.String())
	}
	return fmt.Sprintf("generation%x", hash.Sum(nil)[:6])
}

// IsGenerated reports whether a file begins like the files that cellgen generates.
func IsGenerated(data []byte) bool {
	return bytes.HasPrefix(data, []byte("// "+gosrc.Header))
}

// CellOf returns the name of the cell whose package a file documents, if cellgen generated
// it, or "".
func CellOf(data []byte) string {
	if !IsGenerated(data) {
		return ""
	}
	return gosrc.CellOf(data)
}
