//go:build !purego

package peak

import "golang.org/x/sys/cpu"

// chains is how many of them the generated loops have.
const chains = 12

// sets returns those of this processor, the widest first.
func sets() (list []Set) {
	if cpu.X86.HasAVX512F {
		list = append(list, Set{16, chains, fmaAVX512, readAVX512})
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		list = append(list, Set{8, chains, fmaAVX2, readAVX2})
	}
	return list
}
