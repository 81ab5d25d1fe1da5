package runtime

import (
	"syscall"
	"testing"
	"unsafe"
)

// guarded is memory between two pages that may not be touched.
type guarded struct{ floats []float32 }

// newGuarded returns room for n values.
func newGuarded(t *testing.T, n int) guarded {
	page := syscall.Getpagesize()
	size := (4*n + page - 1) / page * page
	all, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(syscall.Munmap(all)) })
	check(syscall.Mprotect(all[:page], syscall.PROT_NONE))
	check(syscall.Mprotect(all[page+size:], syscall.PROT_NONE))
	return guarded{unsafe.Slice((*float32)(unsafe.Pointer(&all[page])), size/4)}
}

// first returns n values, the first of which is next to a guard.
func (g guarded) first(n int) []float32 { return g.floats[:n:n] }

// last returns n values, the last of which is next to a guard.
func (g guarded) last(n int) []float32 { return g.floats[len(g.floats)-n:] }
