//go:build !purego

package machine

import "golang.org/x/sys/cpu"

// native returns the instruction sets that the processor and the operating system
// support, the widest first.
func native() (list []Set) {
	x := cpu.X86
	if x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512BW && x.HasAVX512VL && x.HasBMI2 {
		list = append(list, AVX512)
	}
	if x.HasAVX2 && x.HasFMA && x.HasF16C {
		list = append(list, AVX2)
	}
	return list
}
