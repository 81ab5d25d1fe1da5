package gosrc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/gen/ir"
)

// kernel is one of a cell's kernels: of a stage, forward or backward.
type kernel struct {
	name  string // of the method
	what  string // what it computes
	stage int    // -1 if the cell has one
	graph *ir.Func
}

// kernels returns the kernels, stage by stage.
func (p *Package) kernels() []kernel {
	var kernels []kernel
	for i, s := range p.Stages {
		if len(p.Stages) == 1 {
			i = -1
		}
		kernels = append(kernels, kernel{forward, "one block of units", i, s.Forward}, kernel{backward, "the cotangents of one block of units", i, s.Backward})
	}
	return kernels
}

// The methods of a cell.
const forward, backward = "Forward", "Backward"

// flow lists what the kernel reads and what it writes.
func (k kernel) flow() string {
	var in, out []string
	for _, r := range k.graph.Rows() {
		if r.Out {
			out = append(out, r.Doc)
		} else {
			in = append(in, r.Doc)
		}
	}
	return strings.Join(in, ", ") + " → " + strings.Join(out, ", ")
}

// block returns the parameter of a kernel in Go.
func block() jen.Code { return jen.Id("b").Op("*").Qual(Kernel, "Block") }

// function returns the name of the kernel's function for an instruction set, or for
// portable Go if set is "Go".
func (k kernel) function(set string) string {
	if k.stage < 0 {
		return strings.ToLower(k.name) + set
	}
	return strings.ToLower(k.name) + strconv.Itoa(k.stage) + set
}

// ofStage says which stage the kernel is of, if there are several.
func (k kernel) ofStage() string {
	if k.stage < 0 {
		return ""
	}
	return fmt.Sprintf(" of stage %d", k.stage)
}

// WritePortableDispatch returns the file that runs the kernels in Go, for machines
// without assembly. Its errors are mistakes in the compiler.
func WritePortableDispatch(p *Package) ([]byte, error) {
	f := newFile(p.Package)
	f.HeaderComment("//go:build !amd64 || purego")
	p.sameGeneration(f)
	p.methods(f)
	for _, k := range p.kernels() {
		k.runner(f, k.portable())
	}
	return render(f)
}

// WriteDispatch returns the file that runs the kernels on the runtime's vectors, and
// declares the kernels in assembly. These check nothing, so the file's Go checks that the
// arguments have all rows. Its errors are mistakes in the compiler.
func WriteDispatch(p *Package) ([]byte, error) {
	f := newFile(p.Package)
	f.HeaderComment("//go:build !purego")
	p.sameGeneration(f)
	f.Comment("// batch is the most rows that a call of assembly takes, as nothing can interrupt it.")
	f.Const().Id("batch").Op("=").Lit(p.batch())
	p.methods(f)
	for _, k := range p.kernels() {
		k.runner(f, k.dispatch()...)
		for _, set := range []string{"AVX512", "AVX2"} {
			f.Comment("//go:noescape")
			f.Func().Id(k.function(set)).Params(k.addresses()...)
		}
	}
	return render(f)
}

// sameGeneration keeps a file from compiling with files of another generation.
func (p *Package) sameGeneration(f *jen.File) {
	f.Comment("// All files of the package must be of this generation.")
	f.Var().Id("_").Op("=").Id(p.Generation)
}

// batch returns the most rows for a call to stay below 0.1 ms: one unit of cost takes less
// than 1 ns for 16 units.
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

// methods writes the methods that call the kernels of a cell of several stages.
func (p *Package) methods(f *jen.File) {
	for _, name := range []string{forward, backward} {
		if len(p.Stages) == 1 {
			return
		}
		f.Comment("// " + name + " runs a stage's kernel; see [kernel.Cell].")
		f.Func().Params(jen.Id("Kernel")).Id(name).Params(jen.Id("stage").Int(), block()).Block(
			jen.Switch(jen.Id("stage")).BlockFunc(func(g *jen.Group) {
				for _, k := range p.kernels() {
					if k.name == name {
						g.Case(jen.Lit(k.stage)).Block(jen.Id(k.function("")).Call(jen.Id("b")))
					}
				}
			}))
	}
}

// runner writes what chooses and calls a kernel: the method, or a function of its stage.
func (k kernel) runner(f *jen.File, body ...jen.Code) {
	doc := k.name + " computes " + k.what + " of one step; see [kernel.Cell]:"
	if k.stage < 0 {
		f.Comment("// " + doc + "\n//\n//\t" + k.flow())
		f.Func().Params(jen.Id("Kernel")).Id(k.name).Params(jen.Id("_").Int(), block()).Block(body...)
		return
	}
	f.Comment(fmt.Sprintf("// %s computes stage %d of %s:\n//\n//\t%s", k.function(""), k.stage, k.what, k.flow()))
	f.Func().Id(k.function("")).Params(block()).Block(body...)
}

// portable returns the call to the kernel in Go.
func (k kernel) portable() jen.Code { return jen.Id(k.function("Go")).Call(jen.Id("b")) }

// addresses returns the parameters of a kernel in assembly.
func (k kernel) addresses() []jen.Code {
	var names []jen.Code
	for _, r := range k.graph.Rows() {
		names = append(names, jen.Id(r.Name))
	}
	strides := []jen.Code{jen.Id("stride")}
	if k.hasFixed() {
		strides = append(strides, jen.Id(ir.VectorStride))
	}
	return []jen.Code{jen.Id("rows").Int(), jen.List(names...).Op("*").Float32(), jen.List(strides...).Int()}
}

// hasFixed reports whether the kernel takes rows with a stride of their own.
func (k kernel) hasFixed() bool {
	return slices.ContainsFunc(k.graph.Rows(), func(r ir.Rows) bool { return r.Fixed })
}

// dispatch returns the body of the method: it chooses a kernel and calls it, in batches of
// rows if it is in assembly.
func (k kernel) dispatch() []jen.Code {
	rows := func() *jen.Statement { return jen.Id("b").Dot("Rows") }
	return []jen.Code{
		jen.Var().Id("run").Func().Params(k.addresses()...),
		jen.Switch(jen.Qual(Kernel, "Vectors").Call()).Block(
			jen.Case(jen.Qual(Kernel, "AVX512")).Block(jen.Id("run").Op("=").Id(k.function("AVX512"))),
			jen.Case(jen.Qual(Kernel, "AVX2")).Block(jen.Id("run").Op("=").Id(k.function("AVX2"))),
			jen.Default().Block(k.portable(), jen.Return()),
		),
		jen.For(jen.Id("r").Op(":=").Lit(0), jen.Id("r").Op("<").Add(rows()), jen.Id("r").Op("+=").Id("batch")).BlockFunc(func(g *jen.Group) {
			g.Id("run").CallFunc(func(g *jen.Group) {
				g.Line().Min(jen.Id("batch"), rows().Op("-").Id("r"))
				for _, r := range k.graph.Rows() {
					g.Line().Add(address(r))
				}
				g.Line().Id("b").Dot("Stride")
				if k.hasFixed() {
					g.Line().Id("b").Dot("VectorStride")
				}
				g.Line()
			})
		}),
	}
}

// address returns the address of a parameter's row r, checked to have all rows.
func address(r ir.Rows) jen.Code {
	check := "RowsIn"
	switch {
	case r.Shared:
		check = "RowsInOut"
	case r.Out:
		check = "RowsOut"
	}
	return jen.Qual(Kernel, check).Call(argument(r), jen.Id("r"), jen.Id("b").Dot("Rows"), stride(r), width(r))
}
