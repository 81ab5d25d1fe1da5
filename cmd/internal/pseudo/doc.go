// Package pseudo has terminals for tests, on Linux.
package pseudo
