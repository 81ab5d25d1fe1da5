// Package amd64 writes graphs as assembly for AVX2 and AVX-512, through avo.
//
// A [File] collects functions and the constants that they share. A [Vector] is an
// instruction set's vectors in a file: it selects instructions for the primitives of the
// operator table. [Vector.Graph] emits whole graphs with them as if registers were
// unlimited; [File.Print] assigns registers. [WriteKernels] emits a cell's kernels,
// [WriteFunctions] the runtime's functions.
package amd64

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
	"github.com/mmcloughlin/avo/reg"
)

// VEX encodes 16 vector registers; EVEX, which AVX-512 has, encodes 32.
const (
	vexRegisters  = 16
	evexRegisters = 32
)

// File is a file of assembly that is being written. Functions are begun as in any of
// avo's contexts; each has the instructions of one [Vector].
type File struct {
	*build.Context
	constants []uint32 // in the order of their first use
	offsets   map[uint32]int
	kernels   map[string]int  // lanes of the functions that are kernels
	passing   map[reg.ID]bool // registers that have an address for one instruction alone
}

// NewFile returns an empty file, excluded by the build tag purego.
func NewFile() *File {
	f := &File{Context: build.NewContext(), offsets: make(map[uint32]int), kernels: make(map[string]int), passing: make(map[reg.ID]bool)}
	f.ConstraintExpr("!purego")
	return f
}

const constants = "constants"

// constant returns where the file has the 32 bits. It has equal constants once.
func (f *File) constant(bits uint32) operand.Mem {
	offset, ok := f.offsets[bits]
	if !ok {
		offset = 4 * len(f.constants)
		f.offsets[bits] = offset
		f.constants = append(f.constants, bits)
	}
	return operand.NewDataAddr(operand.NewStaticSymbol(constants), offset)
}

// Print assigns registers, and returns the file's assembly and a Go file of package pkg
// that declares its functions. Nothing can be added afterwards. It is an error if a
// function needs more registers than its instruction set has.
func (f *File) Print(pkg string) (assembly, stubs []byte, err error) {
	if len(f.constants) > 0 {
		f.StaticGlobal(constants)
		f.DataAttributes(attr.RODATA | attr.NOPTR)
		for _, bits := range f.constants {
			f.AppendDatum(operand.U32(bits))
		}
	}
	file, err := f.Result()
	if err != nil {
		return nil, nil, fmt.Errorf("amd64: %w", err)
	}
	if err := pass.Concat(pass.FunctionPass(f.assign), pass.Compile, pass.FunctionPass(f.count), pass.FunctionPass(verifyRegisters)).Execute(file); err != nil {
		return nil, nil, fmt.Errorf("amd64: %w", err)
	}
	config := printer.Config{Name: "cellgen", Pkg: pkg}
	if assembly, err = printer.NewGoAsm(config).Print(file); err != nil {
		return nil, nil, fmt.Errorf("amd64: %w", err)
	}
	if stubs, err = printer.NewStubs(config).Print(file); err != nil {
		return nil, nil, fmt.Errorf("amd64: %w", err)
	}
	return assembly, stubs, nil
}

// verifyRegisters returns an error for a function of AVX2 with registers that only AVX-512
// has: avo allocates them, and the assembler would encode them for AVX-512.
func verifyRegisters(fn *ir.Function) error {
	for _, i := range fn.Instructions() {
		for _, r := range i.Registers() {
			p := reg.ToPhysical(r)
			if r.Kind() == reg.KindVector && r.Mask() != reg.S512.Mask() && p.PhysicalIndex() >= vexRegisters {
				return fmt.Errorf("%s holds more values than AVX2 has registers for", fn.Name)
			}
		}
	}
	return nil
}
