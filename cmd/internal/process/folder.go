package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Folders of this package have a prefix, and in them a file that is locked as long as the
// process that made it runs.
const (
	prefix = "cellgen-"
	lock   = ".cellgen-lock"
)

// TempFolder makes a temporary folder, and returns its absolute path. It goes with this
// process or, after a kill that nothing can catch, with the next that makes one.
func TempFolder() (dir string, remove func() error, err error) {
	temp, err := filepath.Abs(os.TempDir())
	if err != nil {
		return "", nil, fmt.Errorf("making a temporary folder: %w", err)
	}
	sweep(temp)
	remove, err = Hold(func() (func() error, error) {
		if dir, err = os.MkdirTemp(temp, prefix+"*"); err != nil {
			return nil, err
		}
		unlock, err := lockFolder(dir)
		if err != nil {
			_ = os.RemoveAll(dir)
			return nil, err
		}
		return func() error { return errors.Join(unlock(), removeAll(dir)) }, nil
	})
	if err != nil {
		return "", nil, fmt.Errorf("making a temporary folder: %w", err)
	}
	return dir, remove, nil
}

// lockFolder makes the locked file in a folder. The file has its name only once it is locked:
// where it cannot be, no other process takes the folder for one that was left.
func lockFolder(dir string) (unlock func() error, err error) {
	f, err := os.CreateTemp(dir, lock+"-*")
	if err != nil {
		return nil, err
	}
	if TryLock(f) == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, lock))
	}
	return f.Close, err
}

// sweep removes the folders whose processes were killed.
func sweep(temp string) {
	locks, _ := filepath.Glob(filepath.Join(temp, prefix+"*", lock))
	for _, path := range locks {
		f, err := openOwn(path)
		if err != nil {
			continue
		}
		if TryLock(f) == nil {
			_ = removeAll(filepath.Dir(path))
		}
		f.Close()
	}
}

// removeAll removes a folder in which a process that was killed may still have made a file.
func removeAll(dir string) (err error) {
	for range 20 {
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}

// ErrLocked is the error of Lock if another process has the lock.
var ErrLocked = errors.New("another process is using it")

// Lock makes a file, unless it exists, and locks it until unlock or the end of this process. Where
// the system has no locks it does nothing.
func Lock(path string) (unlock func() error, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if err := TryLock(f); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		f.Close()
		return nil, ErrLocked
	}
	return f.Close, nil
}
