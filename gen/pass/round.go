package pass

import "github.com/cellgen/cellgen/gen/ir"

// Round rounds constants to float32, which kernels compute in.
func Round(f *ir.Func) error {
	for _, v := range f.Values {
		if v.IsConst() {
			v.Const = float64(float32(v.Const))
		}
	}
	return nil
}
