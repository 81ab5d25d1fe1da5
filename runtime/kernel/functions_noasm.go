//go:build !amd64 || purego

package kernel

var vectorFunctions map[string]map[string]function
