//go:build !openblas

package runtime

func linkedBackends() []backend { return nil }
