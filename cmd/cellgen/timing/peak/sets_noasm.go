//go:build !amd64 || purego

package peak

func sets() []Set { return nil }
