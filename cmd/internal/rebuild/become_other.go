//go:build !unix

package rebuild

import (
	"errors"
	"os"
	"os/exec"

	"github.com/cellgen/cellgen/cmd/internal/process"
)

// leaves says that this process waits for the program that it builds, and removes its folder.
const leaves = false

// become runs another program on the same arguments and streams, and returns its exit code. An
// interrupt comes to both: this program ends once the other one has.
func become(file string) (code int, err error) {
	cmd := exec.Command(file, os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	ended := make(chan struct{})
	release, err := process.Hold(func() (await func() error, err error) {
		return func() error { <-ended; return nil }, nil
	})
	waited := cmd.Wait()
	close(ended)
	if err == nil {
		err = release()
	}
	if exit := (*exec.ExitError)(nil); errors.As(waited, &exit) {
		return exit.ExitCode(), err
	}
	return 0, errors.Join(waited, err)
}
