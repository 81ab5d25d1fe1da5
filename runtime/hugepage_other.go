//go:build !linux

package runtime

// adviseHugePages does nothing: other systems decide by themselves.
func adviseHugePages([]float32) {}
