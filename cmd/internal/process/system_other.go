//go:build !unix

package process

import (
	"os"
	"os/exec"
)

func surviveClosedPipes() {}

func raise(os.Signal) {}

func ownGroup(*exec.Cmd) {}

func interruptGroup(p *os.Process) { _ = p.Kill() }

func killGroup(p *os.Process) { _ = p.Kill() }
