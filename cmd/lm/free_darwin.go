package main

import "golang.org/x/sys/unix"

// freeMemory returns how much memory the machine has: macOS makes room by compression.
func freeMemory() (free memory, known bool) {
	n, err := unix.SysctlUint64("hw.memsize")
	return memory(n), err == nil
}
