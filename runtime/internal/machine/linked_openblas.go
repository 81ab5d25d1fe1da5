//go:build openblas

package machine

var linked = []string{OpenBLAS}
