//go:build !race

package testkit

// Race reports whether the race detector is on. Then a sync.Pool forgets at random.
const Race = false
