package gosrc

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"regexp"
	"slices"
	"strconv"
	"unicode"

	"github.com/cellgen/cellgen/gen/ir"
)

// Shape is exactly what a generated Go file must have, in order.
type Shape struct {
	Package      string
	Imports      []string // paths, each after its name if it is renamed
	Directives   []string // comments that a tool obeys, such as //go:build purego
	Declarations []string // such as func New, func Kernel.Name, type Kernel, const _, and func f asm without a body
}

// CellShape returns the shape of the file that Write returns.
func CellShape(p *Package) *Shape {
	want := &Shape{
		Package: p.Package, Imports: []string{Runtime, Kernel},
		Declarations: []string{"const _", "var " + p.Generation, "const units", "func New", "type Kernel", "var _", "func Kernel.Describe"},
	}
	for _, k := range p.kernels() {
		want.Declarations = append(want.Declarations, "func "+k.function("Go"))
	}
	if slices.ContainsFunc(p.Stages[0].Forward.States, func(s ir.State) bool { return math.IsInf(s.Initial, 0) }) {
		want.Imports = append(want.Imports, "math")
	}
	return want
}

// DispatchShape returns the shape of the file that WriteDispatch returns.
func DispatchShape(pkg string, stages int) *Shape {
	want := PortableDispatchShape(pkg, stages)
	want.Directives = []string{"//go:build !purego"}
	declarations := want.Declarations
	want.Declarations = []string{declarations[0], "const batch"}
	for _, d := range declarations[1:] {
		want.Declarations = append(want.Declarations, d)
		for _, k := range shapes(stages) {
			if d == k.declaration() {
				want.Declarations = append(want.Declarations, "func "+k.function("AVX512")+" asm", "func "+k.function("AVX2")+" asm")
				want.Directives = append(want.Directives, "//go:noescape", "//go:noescape")
			}
		}
	}
	return want
}

// PortableDispatchShape returns the shape of the file that WritePortableDispatch returns.
func PortableDispatchShape(pkg string, stages int) *Shape {
	want := &Shape{
		Package: pkg, Imports: []string{Kernel}, Directives: []string{"//go:build !amd64 || purego"},
		Declarations: []string{"var _"},
	}
	if stages > 1 {
		want.Declarations = append(want.Declarations, "func Kernel.Forward", "func Kernel.Backward")
	}
	for _, k := range shapes(stages) {
		want.Declarations = append(want.Declarations, k.declaration())
	}
	return want
}

// shapes returns the kernels of a cell with so many stages, without their graphs.
func shapes(stages int) []kernel {
	return (&Package{Stages: make([]ir.Stage, stages)}).kernels()
}

// declaration returns what declares the kernel's runner.
func (k kernel) declaration() string {
	if k.stage < 0 {
		return "func Kernel." + k.name
	}
	return "func " + k.function("")
}

// Verify parses a generated file again, and returns an error unless it has the shape. This
// is the last check, whatever a name or a doc contained.
func (want *Shape) Verify(src []byte) error {
	if !bytes.HasPrefix(src, []byte("// "+Header)) {
		return fmt.Errorf("gosrc: the file does not begin like a generated file")
	}
	for _, r := range string(src) {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return fmt.Errorf("gosrc: the file has the character %U", r)
		}
	}
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("gosrc: the file is not Go: %w", err)
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
			return fmt.Errorf("gosrc: the file's %s: have %q, want %q", c.what, c.got, c.want)
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

// directive matches comments that mean something to Go or to cgo.
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

// declared returns what one spec of a const, var or type declaration declares.
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
