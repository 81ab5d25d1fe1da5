package gosrc

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/gen/ir"
)

// kernel is one of the two methods of a cell that are kernels.
type kernel struct {
	name  string // the method's
	doc   string
	graph *ir.Func
	ports portTable
}

func (p *Package) kernels() []kernel {
	return []kernel{
		{"Forward", "Forward computes one block of units of one step: tile, c_{t-1} → h_t, c_t,\n// saved values. See [runtime.Kernel].", p.Forward, forwardPorts},
		{"Backward", "Backward computes the cotangents of one block of units of one step: saved\n// values, c_{t-1}, dh_t, dc_t → d(tile), dc_{t-1}. See [runtime.Kernel].", p.Backward, backwardPorts},
	}
}

// function returns the name of the function that is the kernel on an instruction
// set, "Go" being none.
func (k kernel) function(set string) string { return strings.ToLower(k.name) + set }

// WritePortableDispatch returns the file that runs the kernels in Go, where there
// is no assembly.
func WritePortableDispatch(p *Package) ([]byte, error) {
	f := newFile(p.Package)
	f.HeaderComment("//go:build !amd64 || purego")
	p.sameGeneration(f)
	for _, k := range p.kernels() {
		k.method(f, k.portable())
	}
	return render(f)
}

// WriteDispatch returns the file that runs the kernels on the runtime's vectors,
// and declares those in assembly. That checks nothing, so Go checks that
// the arguments have all rows.
func WriteDispatch(p *Package) ([]byte, error) {
	f := newFile(p.Package)
	f.HeaderComment("//go:build !purego")
	p.sameGeneration(f)
	f.Comment("// batch is the number of rows of a call of assembly, which nothing can interrupt.")
	f.Const().Id("batch").Op("=").Lit(p.batch())
	for _, k := range p.kernels() {
		k.method(f, k.dispatch()...)
		for _, set := range []string{"AVX512", "AVX2"} {
			f.Comment("//go:noescape")
			f.Func().Id(k.function(set)).Params(k.addresses()...)
		}
	}
	return render(f)
}

// sameGeneration has a file compile with no other generation of the package's.
func (p *Package) sameGeneration(f *jen.File) {
	f.Comment("// The package's other files are of this generation.")
	f.Var().Id("_").Op("=").Id(p.Generation)
}

// batch keeps a call below 0.1 ms: a unit of cost takes less than 1 ns for 16 units.
func (p *Package) batch() int {
	cost := 1
	for _, k := range p.kernels() {
		n := len(k.graph.Values)
		for _, v := range k.graph.Values {
			if v.Op != nil {
				n += v.Op.Cost
			}
		}
		cost = max(cost, n)
	}
	return min(256, max(1, 100_000/cost))
}

func (k kernel) method(f *jen.File, body ...jen.Code) {
	f.Comment("// " + k.doc)
	f.Func().Params(jen.Id("Kernel")).Id(k.name).Params(k.ports.params()...).Block(body...)
}

// portable returns the call of the kernel in Go.
func (k kernel) portable() jen.Code {
	return jen.Id(k.function("Go")).CallFunc(func(g *jen.Group) {
		g.Id("rows")
		for _, p := range k.ports {
			g.Id(p.param)
		}
		g.Id("stride")
	})
}

// addresses returns the parameters of a kernel in assembly.
func (k kernel) addresses() []jen.Code {
	var names []jen.Code
	for _, p := range k.ports {
		names = append(names, jen.Id(p.param))
	}
	return []jen.Code{jen.Id("rows").Int(), jen.List(names...).Op("*").Float32(), jen.Id("stride").Int()}
}

// dispatch returns the body of the method: the choice of a kernel and, if it is in
// assembly, its calls.
func (k kernel) dispatch() []jen.Code {
	return []jen.Code{
		jen.Var().Id("run").Func().Params(k.addresses()...),
		jen.Switch(jen.Qual(Runtime, "ActiveVectors").Call()).Block(
			jen.Case(jen.Qual(Runtime, "AVX512")).Block(jen.Id("run").Op("=").Id(k.function("AVX512"))),
			jen.Case(jen.Qual(Runtime, "AVX2")).Block(jen.Id("run").Op("=").Id(k.function("AVX2"))),
			jen.Default().Block(k.portable(), jen.Return()),
		),
		jen.For(jen.Id("r").Op(":=").Lit(0), jen.Id("r").Op("<").Id("rows"), jen.Id("r").Op("+=").Id("batch")).BlockFunc(func(g *jen.Group) {
			g.Id("n").Op(":=").Min(jen.Id("batch"), jen.Id("rows").Op("-").Id("r"))
			g.Id("run").CallFunc(func(g *jen.Group) {
				g.Id("n")
				for _, p := range k.ports {
					g.Line().Add(k.address(p))
				}
				g.Line().Id("stride")
			})
		}),
	}
}

// address returns the address of a port's row r, if it has all rows.
func (k kernel) address(p port) jen.Code {
	stride, width := jen.Id("stride"), jen.Id("units")
	if p.kind.Indexed() {
		width = jen.Lit(p.width(k.graph)).Op("*").Id("units")
		stride = width
	}
	rows := "RowsIn"
	if k.writes(p) {
		rows = "RowsOut"
	}
	return jen.Qual(Runtime, rows).Call(jen.Id(p.param), jen.Id("r"), jen.Id("rows"), stride, width)
}

// writes reports whether the kernel writes what a port holds.
func (k kernel) writes(p port) bool {
	return slices.ContainsFunc(k.graph.Results, func(r ir.Result) bool { return r.Port.Kind == p.kind })
}
