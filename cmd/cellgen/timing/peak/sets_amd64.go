//go:build !purego

package peak

import "golang.org/x/sys/cpu"

// sets returns the sets of this processor, the widest first.
func sets() (list []Set) {
	if cpu.X86.HasAVX512F {
		list = append(list, avx512)
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		list = append(list, avx2)
	}
	return list
}
