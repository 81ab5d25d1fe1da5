//go:build !amd64 || purego

package machine

func native() []Set { return nil }
