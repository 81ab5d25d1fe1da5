package interpreted

import (
	"os"
	"reflect"
	"testing"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/generated/simplecell"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// TestOneDescription expects the interpreted cell of a spec to describe itself as the
// generated package of it does.
func TestOneDescription(t *testing.T) {
	for name, generated := range map[string]kernel.Cell{
		"lstm": lstm.Kernel{}, "nascell": nascell.Kernel{}, "simplecell": simplecell.Kernel{},
	} {
		file := "../../../generated/" + name + "/spec.toml"
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		spec, err := cell.ReadSpec(file, src)
		if err != nil {
			t.Fatal(err)
		}
		got, want := New(gen.Compile(spec, nil), kernel.Functions()).Describe(), generated.Describe()
		if !reflect.DeepEqual(clean(got), clean(want)) {
			t.Errorf("%s is interpreted as\n%+v\ngenerated as\n%+v", name, got, want)
		}
	}
}

// clean makes empty lists nil, which say the same.
func clean(d kernel.Description) kernel.Description {
	for i, p := range d.Params {
		if len(p.Initial.Args) == 0 {
			d.Params[i].Initial.Args = nil
		}
	}
	return d
}

// TestUnits holds the compiler's block to the runtime's.
func TestUnits(t *testing.T) {
	if ir.Units != kernel.Units {
		t.Errorf("the compiler's blocks have %d units, the runtime's %d", ir.Units, kernel.Units)
	}
}
