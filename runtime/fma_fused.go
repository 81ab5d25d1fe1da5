//go:build amd64.v3 || arm64 || loong64 || ppc64 || ppc64le || riscv64 || s390x

package runtime

// fma is x·y + z rounded once: for these processors Go fuses the two. The
// conversion keeps it from fusing whatever z is a product of instead.
func fma(x, y, z float32) float32 { return x*y + float32(z) }
