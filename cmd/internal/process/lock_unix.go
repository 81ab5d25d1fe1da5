//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package process

import (
	"errors"
	"os"
	"syscall"
)

// TryLock locks a file until it is closed, as it is when its process ends.
func TryLock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// openOwn opens a file if it is an ordinary one of this user: in a temporary folder, others'
// files may have any name and be links or pipes.
func openOwn(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		if s, ok := info.Sys().(*syscall.Stat_t); ok && info.Mode().IsRegular() && int(s.Uid) == os.Getuid() {
			return f, nil
		}
		err = errors.New("somebody else's")
	}
	f.Close()
	return nil, err
}
