package main

import (
	"github.com/mmcloughlin/avo/reg"

	"github.com/cellgen/cellgen/gen/emit/amd64"
)

// vector is the vectors of an instruction set, with what only the runtime's assembly
// needs.
type vector struct{ *amd64.Vector }

// vectors returns the vectors of every instruction set, for a file, the widest first.
func vectors(f *amd64.File) []vector { return []vector{{amd64.AVX512(f)}, {amd64.AVX2(f)}} }

// param returns a register that holds an argument.
func (v vector) param(name string) reg.GPVirtual {
	r := v.GP64()
	v.Load(v.Param(name), r)
	return r
}

// several returns n registers.
func (v vector) several(n int) []reg.Register {
	list := make([]reg.Register, n)
	for i := range list {
		list[i] = v.New()
	}
	return list
}
