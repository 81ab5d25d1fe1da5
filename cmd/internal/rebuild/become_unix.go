//go:build unix

package rebuild

import (
	"os"
	"syscall"
)

// leaves says that this process becomes the program that it builds, whose folder is then that
// program's to remove.
const leaves = true

// become has this process run another program on the same arguments. It returns only if that
// fails: everything else, streams and signals included, is the other program's.
func become(file string) (code int, err error) {
	return 0, &os.PathError{Op: "running", Path: file, Err: syscall.Exec(file, os.Args, os.Environ())}
}
