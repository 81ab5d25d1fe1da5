//go:build unix

package process

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// surviveClosedPipes catches the signal of a closed pipe: then the write returns an error. To
// ignore it would tell the programs that this one starts to ignore it, too.
func surviveClosedPipes() {
	if !signal.Ignored(syscall.SIGPIPE) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	}
}

// raise ends this process with a signal.
func raise(s os.Signal) {
	_ = syscall.Kill(syscall.Getpid(), s.(syscall.Signal))
	time.Sleep(time.Second)
}

// ownGroup puts a program, and what it starts, into a group of processes of its own.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func interruptGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGINT) }

func killGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }
