package process

import (
	"context"
	"os/exec"
	"time"
)

// patience is how long a program that is told to end is waited for.
const patience = 2 * time.Second

// Child is a running program. It and what it starts end with this process or before.
type Child struct {
	cmd     *exec.Cmd
	ended   chan struct{} // closed once it has
	err     error         // how it has
	release func() error
}

// Start starts a program, which ends with the context.
func Start(ctx context.Context, cmd *exec.Cmd) (*Child, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := &Child{cmd: cmd, ended: make(chan struct{})}
	ownGroup(cmd)
	cmd.WaitDelay = patience // for what still holds its pipes
	var err error
	c.release, err = Hold(func() (func() error, error) {
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		go func() {
			c.err = cmd.Wait()
			close(c.ended)
		}()
		return c.end, nil
	})
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.release() })
	go func() {
		<-c.ended
		stop()
	}()
	return c, nil
}

// Wait waits until the program has ended, and returns how.
func (c *Child) Wait() error {
	<-c.ended
	_ = c.release()
	return c.err
}

// end interrupts the program and what it has started, and kills them if that does not help.
// Interrupted, the go command ends once what it has started has.
func (c *Child) end() error {
	select {
	case <-c.ended:
		return nil // its number may be another's by now
	default:
	}
	interruptGroup(c.cmd.Process)
	c.await()
	killGroup(c.cmd.Process)
	c.await()
	return nil
}

func (c *Child) await() {
	select {
	case <-c.ended:
	case <-time.After(patience):
	}
}
