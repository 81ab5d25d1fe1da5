//go:build !amd64 || purego

package runtime

func nativeBackends() []backend { return nil }
