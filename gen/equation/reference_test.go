package equation

import (
	"go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"os"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/front"
)

// TestReferenceIsFresh expects the page to have the reference that the tables give.
func TestReferenceIsFresh(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	page = front.WithoutCRLF(page)
	fresh, err := Refresh(string(page))
	if err != nil {
		t.Fatal(err)
	}
	if fresh != string(page) {
		t.Error("README.md has another reference than the tables: run make generate")
	}
	if _, err := Refresh("no markers"); err == nil {
		t.Error("a page without marker lines is accepted")
	}
}

// TestReferenceIsComplete expects each function with a kink to say what its derivative is
// there, each initialiser to have a doc, and each limit a row.
func TestReferenceIsComplete(t *testing.T) {
	for _, f := range Functions() {
		if f.Kink != nil && !strings.Contains(f.Doc, "derivative") && !strings.Contains(f.Doc, "gradient") {
			t.Errorf("%s has a kink; its doc does not say what the derivative is: %s", f.Name, f.Doc)
		}
	}
	for _, i := range initialisers {
		if i.doc == "" {
			t.Errorf("%s has no doc", i.name)
		}
	}
	file, err := goparser.ParseFile(gotoken.NewFileSet(), "limits.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	constants := 0
	ast.Inspect(file, func(n ast.Node) bool {
		if d, ok := n.(*ast.GenDecl); ok && d.Tok == gotoken.CONST {
			constants += len(d.Specs)
		}
		return true
	})
	if constants != len(limits) {
		t.Errorf("%d limits have %d rows", constants, len(limits))
	}
}
