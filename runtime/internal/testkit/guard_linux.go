package testkit

import (
	"syscall"
	"testing"
	"unsafe"
)

// Guarded is memory between two pages that fault when they are touched.
type Guarded struct{ Floats []float32 }

// NewGuarded returns room for n values.
func NewGuarded(t testing.TB, n int) Guarded {
	page := syscall.Getpagesize()
	size := (4*n + page - 1) / page * page
	all, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Check(syscall.Munmap(all)) })
	Check(syscall.Mprotect(all[:page], syscall.PROT_NONE))
	Check(syscall.Mprotect(all[page+size:], syscall.PROT_NONE))
	return Guarded{unsafe.Slice((*float32)(unsafe.Pointer(&all[page])), size/4)}
}

// First returns n values, of which the first lies right after a faulting page.
func (g Guarded) First(n int) []float32 { return g.Floats[:n:n] }

// Last returns n values, of which the last lies right before a faulting page.
func (g Guarded) Last(n int) []float32 { return g.Floats[len(g.Floats)-n:] }
