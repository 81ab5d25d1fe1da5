package cell

import (
	"testing"

	"github.com/cellgen/cellgen/gen/front"
)

// TestLink reads a spec that names the file of its cell.
func TestLink(t *testing.T) {
	spec, link, err := ReadSpecOrLink("f", []byte("doc = 'A cell.'\npackage = 'a'\ncell = \"../a.cell\" # here\n"))
	want := Link{Position: front.Position{File: "f", Line: 3, Col: 8}, File: "../a.cell", Package: "a", Doc: "A cell."}
	if spec != nil || err != nil || *link != want {
		t.Errorf("is read as %v, %v: %v", spec, link, err)
	}
	spec, link, err = ReadSpecOrLink("f", []byte("name = 'A'\n"+good))
	if link != nil || err != nil || spec.Name != "A" {
		t.Errorf("tokens are read as %v, %v: %v", spec, link, err)
	}
}
