//go:build !linux && !darwin && !windows

package main

// freeMemory is not known.
func freeMemory() (free memory, known bool) { return 0, false }
