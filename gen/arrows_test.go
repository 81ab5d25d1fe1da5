package gen_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

const module = "github.com/cellgen/cellgen/"

// arrows says what packages may import from this module. A row names a package or,
// with /..., a subtree, as Go's own patterns do; so does each import that it allows.
// A package obeys its most specific row, and every package has one.
var arrows = map[string][]string{
	"gen":            {"gen/..."},
	"gen/op":         {},
	"gen/front":      {},
	"gen/target":     {},
	"gen/soak":       {},
	"gen/ir":         {"gen/op"},
	"gen/cell":       {"gen/front", "gen/ir", "gen/op"},
	"gen/equation":   {"gen/front", "gen/ir", "gen/op"},
	"gen/grad":       {"gen/ir", "gen/op"},
	"gen/pass":       {"gen/ir", "gen/op"},
	"gen/interp":     {"gen/ir", "gen/op"},
	"gen/emit/gosrc": {"gen/front", "gen/ir", "gen/op", "gen/target"},
	"gen/emit/amd64": {"gen/ir", "gen/op", "gen/target"},
	"gen/emit/arm64": {"gen/ir", "gen/op", "gen/target"},
	"gen/emit/onnx":  {"gen/ir", "gen/op"},
	"gen/emit/draw":  {"gen/cell", "gen/equation", "gen/op"},
	"runtime":        {"runtime/kernel", "runtime/internal/..."},
	"runtime/kernel": {"runtime/internal/machine", "runtime/internal/matrix"},
	"runtime/nn":     {"runtime", "runtime/kernel", "runtime/safetensors", "runtime/npz", "runtime/tfbundle", "runtime/tensor", "runtime/internal/..."},
	"runtime/serve":  {"runtime", "runtime/nn"},
	"generated/...":  {"runtime", "runtime/kernel"},
	"cmd/...":        {"gen/...", "runtime/...", "generated/...", "cmd/..."},
	"benchmarks/...": {"gen/...", "runtime/...", "generated/...", "cmd/...", "benchmarks/..."},

	"runtime/tensor":              {"runtime/internal/check"},
	"runtime/safetensors":         {"runtime/tensor", "runtime/internal/..."},
	"runtime/npz":                 {"runtime/tensor", "runtime/internal/..."},
	"runtime/tfbundle":            {"runtime/tensor", "runtime/internal/..."},
	"runtime/replace":             {},
	"runtime/internal/format/...": {"runtime/tensor", "runtime/replace"},
	"runtime/onnx":                {"runtime/tensor", "runtime/internal/..."},
	"runtime/weights":             {"runtime", "runtime/kernel", "runtime/onnx", "runtime/tensor", "runtime/internal/..."},
	"runtime/internal/...":        {"runtime/internal/..."},

	"cmd/search/space":      {"gen/..."},
	"cmd/search/field":      {},
	"cmd/search/journal":    {"cmd/internal/process"},
	"cmd/search/work":       {"cmd/search/child", "cmd/search/study", "cmd/internal/process"},
	"cmd/search/strategy":   {"cmd/search/space", "cmd/search/field", "cmd/search/controller", "gen/front"},
	"cmd/search/summary":    {"cmd/search/space", "cmd/search/child", "cmd/search/study", "cmd/cellgen/chart", "gen", "gen/..."},
	"cmd/search/page":       {"cmd/search/summary", "cmd/internal/...", "gen/..."},
	"cmd/search/controller": {"cmd/search/space", "cmd/search/field", "runtime", "runtime/kernel", "runtime/nn", "generated/lstm"},
}

// planned lists the rows whose packages do not exist yet.
var planned = []string{
	"gen/target", "gen/emit/arm64",
}

// TestArrows checks the architecture: a binary that ships a cell links no compiler, and the
// compiler's parts import only what they are built on. Tests may import more.
func TestArrows(t *testing.T) {
	seen := make(map[string]bool)
	for _, p := range everyBuild(t) {
		from := strings.TrimPrefix(p.PkgPath, module)
		row := mostSpecific(from)
		if row == "" {
			t.Errorf("%s has no row", from)
		}
		seen[row] = true
		for path := range p.Imports {
			if to, ours := strings.CutPrefix(path, module); ours && !allowed(from, to) {
				t.Errorf("%s imports %s", from, to)
			}
		}
	}
	for row := range arrows {
		if !seen[row] && !slices.Contains(planned, row) {
			t.Errorf("row %s matches no package", row)
		}
	}
}

// everyBuild returns the packages of this module as each kind of build sees them: files
// that one leaves out are in another.
func everyBuild(t *testing.T) (all []*packages.Package) {
	for _, build := range []struct{ arch, tags string }{{"amd64", ""}, {"amd64", "purego"}, {"amd64", "openblas"}, {"arm64", ""}, {"386", ""}} {
		pkgs, err := packages.Load(&packages.Config{
			Mode: packages.NeedName | packages.NeedImports, BuildFlags: []string{"-tags=" + build.tags},
			Env: append(os.Environ(), "GOOS=linux", "GOARCH="+build.arch),
		}, module+"...")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, pkgs...)
	}
	return all
}

// TestArrowRows tries imports that no package has, and some that packages have.
func TestArrowRows(t *testing.T) {
	for _, c := range []struct {
		from, to string
		allowed  bool
	}{
		{"generated/x", "runtime", true},
		{"generated/x", "runtime/kernel", true},
		{"generated/x", "runtime/nn", false},
		{"generated/x", "runtime/kernels", false},
		{"generated/x", "runtime/internal/machine", false},
		{"generated/x", "gen", false},
		{"generated/x", "generated/y", false},
		{"runtime", "gen", false},
		{"runtime", "runtime/nn", false},
		{"runtime", "runtime/internal/gemm", true},
		{"runtime/kernel", "runtime", false},
		{"runtime/kernel", "runtime/internal/matrix", true},
		{"runtime/kernel", "runtime/internal/gemm", false},
		{"runtime/internal/gemm", "runtime/internal/machine", true},
		{"runtime/internal/gemm", "runtime", false},
		{"runtime/nn", "runtime", true},
		{"runtime/npz", "runtime", false},
		{"runtime/npz", "runtime/nn", false},
		{"runtime/npz", "runtime/tensor", true},
		{"runtime/tensor", "runtime/npz", false},
		{"runtime/replace", "runtime/tensor", false},
		{"runtime/unheard/of", "runtime", false}, // the row of runtime does not cover its subtree
		{"gen", "gen/emit/amd64", true},
		{"gen", "runtime", false},
		{"gen/cell", "gen/ir", true},
		{"gen/cell", "gen", false},
		{"gen/cell", "gen/equation", false},
		{"gen/ir", "gen/pass", false},
		{"gen/emit/draw", "gen/cell", true},
		{"gen/emit/draw", "gen/ir", false},
		{"gen/emit/gosrc", "gen/cell", false},
		{"gen/emit/onnx", "gen/ir", true},
		{"gen/emit/onnx", "runtime/onnx", false},
		{"cmd/cellgen/timing", "cmd/internal/read", true},
		{"cmd/cellgen", "benchmarks", false},
		{"benchmarks", "cmd/cellgen/timing", true},
	} {
		if allowed(c.from, c.to) != c.allowed {
			t.Errorf("%s imports %s: allowed is %t", c.from, c.to, !c.allowed)
		}
	}
}

// mostSpecific returns the row of a package: its own, or else the row of the smallest
// subtree that contains it.
func mostSpecific(pkg string) string {
	best := ""
	for row := range arrows {
		if matches(row, pkg) && (best == "" || specificity(row) > specificity(best)) {
			best = row
		}
	}
	return best
}

// specificity orders the patterns that match one package: the package itself above
// its subtrees, and deep subtrees above shallow ones.
func specificity(pattern string) int {
	if root, subtree := strings.CutSuffix(pattern, "/..."); subtree {
		return 2 * len(root)
	}
	return 2*len(pattern) + 1
}

func allowed(from, to string) bool {
	return slices.ContainsFunc(arrows[mostSpecific(from)], func(pattern string) bool { return matches(pattern, to) })
}

// matches reports whether a pattern names a package.
func matches(pattern, pkg string) bool {
	root, subtree := strings.CutSuffix(pattern, "/...")
	return pkg == root || subtree && strings.HasPrefix(pkg, root+"/")
}
