//go:build !amd64 || purego

package runtime

var vectorFunctions map[string]map[string]function
