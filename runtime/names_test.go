package runtime_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestFewNames holds package runtime to what a user of a cell meets: at most 26 exported
// names, of which generated code needs only what users need too. Everything else that it
// links is in package kernel. (Three options, Width, Initial and Like, came with cells that have
// widths and initial values for their users to choose.)
func TestFewNames(t *testing.T) {
	names := make(map[string]bool)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for name := range parse(t, file).Scope.Objects {
			if ast.IsExported(name) {
				names[name] = true
			}
		}
	}
	if len(names) > 26 || !names["Layer"] {
		t.Errorf("%d exported names, want at most 26, Layer among them: %v", len(names), names)
	}
	generated, err := filepath.Glob("../generated/*/*_cellgen*.go")
	if err != nil || len(generated) == 0 {
		t.Fatal("no generated packages:", err)
	}
	for _, file := range generated {
		ast.Inspect(parse(t, file), func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "runtime" && !slices.Contains([]string{"Layer", "NewLayer", "Option"}, s.Sel.Name) {
				t.Errorf("%s uses runtime.%s", file, s.Sel.Name)
			}
			return true
		})
	}
}

func parse(t *testing.T, file string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
