//go:build amd64.v3 || arm64 || loong64 || ppc64 || ppc64le || riscv64 || s390x

package kernel

// fma is x·y + z, rounded once: for these processors Go fuses the two operations. The
// conversion of z keeps Go from fusing a product that z may be instead.
func fma(x, y, z float32) float32 { return x*y + float32(z) }
