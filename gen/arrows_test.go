package gen_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

const module = "github.com/cellgen/cellgen/"

// arrows says, for the packages below a folder, below which folders what they
// import from this module may stand. The longest folder counts.
var arrows = map[string][]string{
	"gen/op":     {},
	"gen/cell":   {"gen/op"},
	"gen/ir":     {"gen/op"},
	"gen/grad":   {"gen/ir", "gen/op"},
	"gen/pass":   {"gen/ir", "gen/op"},
	"gen/interp": {"gen/ir", "gen/op"},
	"gen/emit":   {"gen/ir", "gen/op"},
	"gen":        {"gen"},
	"runtime":    {"runtime/internal"},
	"generated":  {"runtime"},
	"cmd":        {"gen", "runtime", "generated", "cmd"},
	"benchmarks": {"gen", "runtime", "generated", "cmd", "benchmarks"},
}

// TestArrows holds the architecture: a binary that ships a cell links no
// compiler, and the compiler's parts know only what they are built on. Tests may
// import more.
func TestArrows(t *testing.T) {
	pkgs, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedImports}, module+"...")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, p := range pkgs {
		from := strings.TrimPrefix(p.PkgPath, module)
		folder := longest(from)
		if folder == "" {
			t.Errorf("%s stands in no known folder", from)
		}
		seen[folder] = true
		for path := range p.Imports {
			to, ours := strings.CutPrefix(path, module)
			if ours && !allowed(arrows[folder], to) {
				t.Errorf("%s imports %s", from, to)
			}
		}
	}
	for folder := range arrows {
		if !seen[folder] && folder != "benchmarks" {
			t.Errorf("no package below %s was checked", folder)
		}
	}
}

func longest(pkg string) string {
	best := ""
	for folder := range arrows {
		if below(pkg, folder) && len(folder) > len(best) {
			best = folder
		}
	}
	return best
}

func allowed(folders []string, pkg string) bool {
	for _, f := range folders {
		if below(pkg, f) {
			return true
		}
	}
	return false
}

func below(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }
