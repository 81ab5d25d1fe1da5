package amd64

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// count heads a kernel with a comment that counts what its loop does per row of 16 units.
func (f *File) count(fn *ir.Function) error {
	lanes, ok := f.kernels[fn.Name]
	if !ok {
		return nil
	}
	n := make(map[string]int)
	used := make(map[reg.ID]bool)
	for _, i := range fn.Instructions() {
		for _, r := range i.Registers() {
			used[r.ID()] = used[r.ID()] || r.Kind() == reg.KindVector
		}
		for _, what := range kinds(i) {
			n[what] += units / lanes
		}
	}
	registers := 0
	for _, vector := range used {
		if vector {
			registers++
		}
	}
	fn.Nodes = slices.Insert(fn.Nodes, 0, ir.Node(ir.NewComment(
		fmt.Sprintf("%d vector registers. Per row of %d units: %d loads, %d stores and %d arithmetic", registers, units, n["load"], n["store"], n["arithmetic"]),
		fmt.Sprintf("instructions; %d constants from memory; %d spills and %d reloads, %d bytes of stack.",
			n["constant"], n["spill"], n["reload"], fn.LocalSize))))
	return nil
}

// kinds returns what an instruction does with vectors.
func kinds(i *ir.Instruction) (kinds []string) {
	if !strings.HasPrefix(i.Opcode, "V") || len(i.Operands) == 0 {
		return nil
	}
	move := i.Opcode == "VMOVUPS" || i.Opcode == "VBROADCASTSS" || i.Opcode == "VMOVAPS"
	if !move {
		kinds = append(kinds, "arithmetic")
	}
	for at, o := range i.Operands {
		m, ok := o.(operand.Mem)
		to := at == len(i.Operands)-1
		switch {
		case !ok:
		case m.Base == reg.StaticBase:
			kinds = append(kinds, "constant")
		case m.Base == reg.StackPointer && to:
			kinds = append(kinds, "spill")
		case m.Base == reg.StackPointer:
			kinds = append(kinds, "reload")
		case to:
			kinds = append(kinds, "store")
		default:
			kinds = append(kinds, "load")
		}
	}
	return kinds
}
