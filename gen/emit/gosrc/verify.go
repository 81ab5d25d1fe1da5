package gosrc

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"unicode"
)

// Shape is all that a generated Go file may have, in its order, and has to have.
type Shape struct {
	Package      string
	Imports      []string // paths, after a name if one is given
	Directives   []string // comments that a tool obeys: //go:build purego
	Declarations []string // func New, func Kernel.Name, type Kernel, const _; func f asm has no body
}

// CellShape is that of what Write returns.
func CellShape(pkg, generation string) *Shape {
	return &Shape{
		Package: pkg, Imports: []string{Runtime},
		Declarations: []string{
			"const _", "var " + generation, "const units", "func New", "type Kernel", "var _",
			"func Kernel.Name", "func Kernel.Leaves", "func Kernel.Bias", "func Kernel.Saved", "func Kernel.Slots",
			"func forwardGo", "func backwardGo",
		},
	}
}

// DispatchShape is that of what WriteDispatch returns.
func DispatchShape(pkg string) *Shape {
	noEscape := "//go:noescape"
	return &Shape{
		Package: pkg, Imports: []string{Runtime},
		Directives: []string{"//go:build !purego", noEscape, noEscape, noEscape, noEscape},
		Declarations: []string{
			"var _", "const batch",
			"func Kernel.Forward", "func forwardAVX512 asm", "func forwardAVX2 asm",
			"func Kernel.Backward", "func backwardAVX512 asm", "func backwardAVX2 asm",
		},
	}
}

// PortableDispatchShape is that of what WritePortableDispatch returns.
func PortableDispatchShape(pkg string) *Shape {
	return &Shape{
		Package: pkg, Directives: []string{"//go:build !amd64 || purego"},
		Declarations: []string{"var _", "func Kernel.Forward", "func Kernel.Backward"},
	}
}

// Verify parses a generated file again, and returns an error unless it is of that
// shape: the last word, whatever a name or a doc had in it.
func (want *Shape) Verify(src []byte) error {
	if !bytes.HasPrefix(src, []byte("// "+Header)) {
		return fmt.Errorf("gosrc: the file does not begin as a generated one")
	}
	for _, r := range string(src) {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return fmt.Errorf("gosrc: the file has the character %U", r)
		}
	}
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("gosrc: the file is no Go: %w", err)
	}
	for _, c := range []struct {
		what      string
		got, want []string
	}{
		{"package", []string{f.Name.Name}, []string{want.Package}},
		{"imports", imports(f), want.Imports},
		{"directives", directives(f), want.Directives},
		{"declarations", declarations(f), want.Declarations},
	} {
		if !slices.Equal(c.got, c.want) {
			return fmt.Errorf("gosrc: the file's %s would be %q, not %q", c.what, c.got, c.want)
		}
	}
	return nil
}

func imports(f *ast.File) (paths []string) {
	for _, i := range f.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		if i.Name != nil {
			path = i.Name.Name + " " + path
		}
		paths = append(paths, path)
	}
	return paths
}

// directive matches comments that are more than comments, to Go or to cgo.
var directive = regexp.MustCompile(`^(//([a-z0-9]+:[a-z0-9]|line |export |extern )|//\s*\+build|/\*line )`)

func directives(f *ast.File) (found []string) {
	for _, group := range f.Comments {
		for _, c := range group.List {
			if directive.MatchString(c.Text) {
				found = append(found, c.Text)
			}
		}
	}
	return found
}

func declarations(f *ast.File) (names []string) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names = append(names, function(d))
		case *ast.GenDecl:
			for _, s := range d.Specs {
				names = append(names, declared(d.Tok, s)...)
			}
		}
	}
	return names
}

func function(d *ast.FuncDecl) string {
	name := "func "
	if d.Recv != nil {
		receiver := d.Recv.List[0].Type
		if star, ok := receiver.(*ast.StarExpr); ok {
			receiver = star.X
		}
		name += fmt.Sprint(receiver) + "."
	}
	name += d.Name.Name
	if d.Body == nil {
		name += " asm"
	}
	return name
}

// declared returns what one line of a const, var or type declares.
func declared(tok token.Token, s ast.Spec) (names []string) {
	switch s := s.(type) {
	case *ast.TypeSpec:
		names = append(names, "type "+s.Name.Name)
	case *ast.ValueSpec:
		for _, n := range s.Names {
			names = append(names, tok.String()+" "+n.Name)
		}
	}
	return names
}
