//go:build !openblas

package gemm

func linked() backend { panic("gemm: OpenBLAS is not linked") }
