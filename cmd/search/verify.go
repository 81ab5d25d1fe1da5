package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	processors "runtime"
	"slices"

	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/cmd/search/summary"
	"github.com/cellgen/cellgen/cmd/search/work"
	"github.com/cellgen/cellgen/runtime"
)

// verifyStudy runs the command search verify.
func verifyStudy(args []string, stdout, stderr io.Writer) error {
	f, folder := readFlags("verify")
	name := f.String("cell", "", "train only this cell again: "+cellUsage)
	count := f.Int("runs", 10, "`trainings` to do again, drawn by the study's seed; 0 for all")
	workers := f.Int("workers", processors.GOMAXPROCS(0), "children that are trained at a time")
	if err := parse(f, args, stdout); err != nil {
		return err
	}
	if *count < 0 || *workers < 1 {
		return usagef("-runs is %d and -workers %d, want at least 0 and 1", *count, *workers)
	}
	s, err := summary.Read(*folder)
	if err != nil {
		return err
	}
	if s.Config.Table != "" {
		return fmt.Errorf("the results of %s are from a table: verify trains again what a study has trained", *folder)
	}
	runs, err := chosen(s, *name, *count)
	if err != nil {
		return err
	}
	if err := compile(&s.Config.Reinforce, stderr); err != nil {
		return err
	}
	if err := runtime.UseBackend(s.Config.Child.Backend); err != nil { // the controller's, too
		return err
	}
	ctx, stop := untilEnd()
	defer stop()
	replayed := study.Replay(ctx, *folder)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if replayed == nil {
		if _, err := fmt.Fprintf(stdout, "the strategy decides the same in %d trials\n", len(s.Trials)); err != nil {
			return err
		}
	}
	wrong, err := retrain(ctx, *folder, runs, *workers, plain.Writer(stdout))
	if err == nil && wrong > 0 {
		err = fmt.Errorf("%d of %d trainings differ from the journal", wrong, len(runs))
	}
	if err == nil {
		_, err = fmt.Fprintf(stdout, "%d of %d trainings, done again, give the journal's bits\n", len(runs), len(s.Runs))
	}
	return errors.Join(replayed, err)
}

// chosen returns runs: of a cell, if it is given, or else so many of all, 0 for all.
func chosen(s *summary.Summary, name string, count int) ([]*summary.Run, error) {
	if name != "" {
		c, err := s.Find(name)
		if err != nil {
			return nil, err
		}
		return c.Runs, nil
	}
	if count == 0 || count >= len(s.Runs) {
		return s.Runs, nil
	}
	order := rand.New(rand.NewPCG(s.Config.Child.Seed, 0)).Perm(len(s.Runs))[:count]
	slices.Sort(order)
	var runs []*summary.Run
	for _, i := range order {
		runs = append(runs, s.Runs[i])
	}
	return runs, nil
}

// retrain trains runs again, names those whose results differ, and returns how many do.
func retrain(ctx context.Context, folder string, runs []*summary.Run, workers int, w io.Writer) (wrong int, err error) {
	c, text, err := study.Load(folder)
	if err != nil {
		return 0, err
	}
	trainer, err := child.New(c.Child, text)
	if err != nil {
		return 0, err
	}
	tasks := make([]child.Task, len(runs))
	for i, r := range runs {
		tasks[i] = r.Task
	}
	results := make([]child.Result, len(runs))
	err = work.Local{Trainer: trainer, Workers: workers}.Train(ctx, tasks, func(i int, r study.Report) error {
		results[i] = r.Result
		return nil
	})
	if err != nil {
		return 0, err
	}
	for i, r := range runs {
		if r.Result == results[i] {
			continue
		}
		wrong++
		_, printing := fmt.Fprintf(w, "%s, rung %d, rate %g, seed %d: the journal has %s, trained again it has %s\n",
			r.Cell, r.Rung, r.Rate, r.Seed, resultText(r.Result), resultText(results[i]))
		err = cmp.Or(err, printing)
	}
	return wrong, err
}

// resultText returns a result to the last bit.
func resultText(r child.Result) string {
	if r.Outcome == child.Trained {
		return fmt.Sprintf("a loss of %v with %d units and %d parameters", r.Loss, r.Hidden, r.Parameters)
	}
	return fmt.Sprintf("the outcome %s at update %d with %d units and %d parameters", r.Outcome, r.Update, r.Hidden, r.Parameters)
}
