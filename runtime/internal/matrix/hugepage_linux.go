package matrix

import (
	"syscall"
	"unsafe"
)

// adviseHugePages asks for huge pages. That is only advice: an error means that there are
// none, and nothing else.
func adviseHugePages(floats []float32) {
	if len(floats) > 0 {
		_ = syscall.Madvise(unsafe.Slice((*byte)(unsafe.Pointer(&floats[0])), 4*len(floats)), syscall.MADV_HUGEPAGE)
	}
}
