//go:build !amd64 || purego

package gemm

import "github.com/cellgen/cellgen/runtime/internal/machine"

func native(s machine.Set) backend { panic("gemm: no products in " + s.String()) }
