//go:build !linux

package matrix

// adviseHugePages does nothing: other systems decide for themselves.
func adviseHugePages([]float32) {}
