// Package toolchain runs the go command, so that what it builds runs on this machine, whatever
// the environment asks of other builds.
package toolchain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/process"
)

// Go says where the go command runs.
type Go struct {
	Dir  string // a module of this program's, outside any workspace; the current folder if ""
	Temp string // for its temporary files, made if missing, and for the caches of users without a home
}

// Run runs the go command, and returns what it prints. An error has what it printed to standard
// error. It ends with the context, and with this process.
func (g Go) Run(ctx context.Context, args ...string) (string, error) {
	cmd, err := g.Command(args...)
	if err != nil {
		return "", err
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	child, err := process.Start(ctx, cmd)
	if err == nil {
		err = child.Wait()
	}
	if err != nil {
		return "", fmt.Errorf("go %s: %w%s", args[0], err, strings.TrimRight("\n"+stderr.String(), "\n"))
	}
	return strings.TrimSpace(stdout.String()), nil
}

// Command returns the go command with arguments.
func (g Go) Command(args ...string) (*exec.Cmd, error) {
	program, err := exec.LookPath("go")
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("the go command is needed, and is not on the path")
	case err != nil:
		return nil, fmt.Errorf("finding the go command: %w", err)
	}
	if err := os.MkdirAll(g.Temp, 0o777); g.Temp != "" && err != nil {
		return nil, fmt.Errorf("making a folder for the go command: %w", err)
	}
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = g.Dir, g.environment(os.Environ())
	return cmd, nil
}
