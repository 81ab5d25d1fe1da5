package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/front"
)

// neighbour is a Go file that a package shares its folder with: one that Go builds or tests
// on some platform.
type neighbour struct {
	name string // without the folder
	pkg  string // the package that it belongs to, or tests
	at   front.Position
	decl []declaration
	cgo  bool
}

// declaration is a name that a file declares in the package or, if it is imported, in the
// file alone. A method's is Type.Name.
type declaration struct {
	name     string
	imported bool
	at       front.Position
}

// neighbours returns the Go files of a folder that cellgen did not write there: all but
// generated ones of the names that cellgen gives. What Go cannot parse does not build
// anyway, and is left out.
func neighbours(dir string) (found []neighbour) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".go" || !isBuilt(dir, e.Name()) {
			continue
		}
		file := filepath.Join(dir, e.Name())
		data, err := read.Regular(file, maxOutput)
		if err != nil || isOurs(e.Name(), data) {
			continue
		}
		n, ok := readNeighbour(file, data)
		if ok && n.pkg != "documentation" { // go build leaves it out
			found = append(found, n)
		}
	}
	return found
}

// isOurs reports whether a file was written by cellgen, under a name that it gives.
func isOurs(name string, data []byte) bool {
	return strings.Contains(name, "_cellgen") && gen.IsGenerated(data)
}

// cgoOnly are the extensions of sources that Go builds with cgo, and refuses without.
var cgoOnly = []string{".c", ".cc", ".cpp", ".cxx", ".m", ".f", ".F", ".for", ".f90", ".swig", ".swigcxx"}

// strangers returns why Go would refuse the output for the sake of the folder's other files,
// whatever is in them.
func (o *output) strangers() (errs []error) {
	entries, _ := os.ReadDir(o.dir)
	for _, e := range entries {
		path := front.Plain(filepath.Join(o.dir, e.Name()))
		if slices.Contains(cgoOnly, filepath.Ext(e.Name())) && isBuilt(o.dir, e.Name()) {
			errs = append(errs, fmt.Errorf("%s: Go builds such a file with cgo alone, and then no assembly beside it", path))
		}
		for _, f := range o.files {
			if f.Name != e.Name() && strings.EqualFold(f.Name, e.Name()) && filepath.Ext(f.Name) == filepath.Ext(e.Name()) {
				errs = append(errs, fmt.Errorf("%s differs from the generated %s in case alone, and Go refuses that", path, f.Name))
			}
		}
	}
	return errs
}

// isBuilt reports whether Go builds or tests a file on some platform without extra tags:
// not if it has //go:build ignore, for one. What is not a regular file is not opened.
func isBuilt(dir, name string) bool {
	if info, err := os.Stat(filepath.Join(dir, name)); err != nil || !info.Mode().IsRegular() {
		return false
	}
	for _, platform := range []string{
		"/", "linux/amd64", "linux/arm64", "linux/386", "linux/riscv64", "darwin/arm64", "windows/amd64", "freebsd/amd64", "js/wasm",
	} {
		c := build.Default
		if goos, goarch, _ := strings.Cut(platform, "/"); goos != "" {
			c.GOOS, c.GOARCH, c.CgoEnabled = goos, goarch, true
		}
		if match, err := c.MatchFile(dir, name); match && err == nil {
			return true
		}
	}
	return false
}

// readNeighbour parses a Go file.
func readNeighbour(file string, data []byte) (n neighbour, ok bool) {
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, file, bytes.TrimPrefix(data, []byte("\ufeff")), parser.SkipObjectResolution)
	if f == nil || f.Name == nil || err != nil && f.Name.Name == "" {
		return n, false
	}
	at := func(node ast.Node) front.Position {
		p := files.Position(node.Pos())
		return front.Position{File: file, Line: p.Line, Col: p.Column}
	}
	n = neighbour{name: filepath.Base(file), pkg: f.Name.Name, at: at(f.Name)}
	if strings.HasSuffix(file, "_test.go") {
		external := strings.HasSuffix(n.pkg, "_test")
		n.pkg = strings.TrimSuffix(n.pkg, "_test")
		if external {
			return n, true // what it declares is in a package of its own
		}
	}
	for _, i := range f.Imports {
		name, _ := strconv.Unquote(i.Path.Value)
		n.cgo = n.cgo || name == "C"
		name = path.Base(name)
		if i.Name != nil {
			name = i.Name.Name
		}
		n.decl = append(n.decl, declaration{name, true, at(i)})
	}
	for _, d := range f.Decls {
		n.decl = append(n.decl, declaredBy(d, at)...)
	}
	return n, true
}

// declaredBy returns the names that can be declared only once, of a file's declaration.
func declaredBy(d ast.Decl, at func(ast.Node) front.Position) (names []declaration) {
	add := func(receiver string, name *ast.Ident) {
		if name.Name != "_" && (receiver != "" || name.Name != "init") {
			names = append(names, declaration{receiver + name.Name, false, at(name)})
		}
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		receiver := ""
		if d.Recv != nil && len(d.Recv.List) > 0 {
			t := d.Recv.List[0].Type
			if star, ok := t.(*ast.StarExpr); ok {
				t = star.X
			}
			if name, ok := t.(*ast.Ident); ok {
				receiver = name.Name + "."
			} else {
				return nil // of a generic type, which no cell has
			}
		}
		add(receiver, d.Name)
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				add("", s.Name)
			case *ast.ValueSpec:
				for _, name := range s.Names {
					add("", name)
				}
			}
		}
	}
	return names
}
