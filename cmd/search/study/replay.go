package study

import (
	"context"
	"errors"

	"github.com/cellgen/cellgen/cmd/search/child"
)

// errReplayed is the end of a journal that decides the same.
var errReplayed = errors.New("the journal is replayed")

// Replay lets the strategy of a study decide again all that its journal has, with the journal's
// results, and trains nothing. It is an error if a decision differs. It takes no lock, and changes
// nothing.
func Replay(ctx context.Context, folder string) error {
	c, _, err := Load(folder)
	if err != nil {
		return err
	}
	s := &Study{Config: c, Folder: folder}
	if s.past, _, err = Read(folder); err != nil {
		return err
	}
	if s.engine, err = newEngine(&s.Config); err != nil {
		return err
	}
	if err := s.Run(ctx, replayed{}); err != nil && !errors.Is(err, errReplayed) {
		return err
	}
	return nil
}

// replayed is a Pool that has nobody.
type replayed struct{}

func (replayed) Train(context.Context, []child.Task, func(int, Report) error) error {
	return errReplayed
}
