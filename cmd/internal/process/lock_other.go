//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package process

import (
	"errors"
	"os"
)

func TryLock(*os.File) error { return errors.ErrUnsupported }

func openOwn(string) (*os.File, error) { return nil, errors.ErrUnsupported }
