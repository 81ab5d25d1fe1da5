//go:build !(amd64.v3 || arm64 || loong64 || ppc64 || ppc64le || riscv64 || s390x)

package kernel

// fma is x·y + z. The product is exact in float64. The sum is rounded to float64 and then
// to float32, which differs from a single rounding in about one case of 2²⁹.
func fma(x, y, z float32) float32 { return float32(float64(x)*float64(y) + float64(z)) }
