package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/toolchain"
	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/cmd/search/strategy"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/runtime"
)

// studyFlags are the flags that say what a study is.
type studyFlags struct {
	set    *flag.FlagSet
	config study.Config
	folder string
	texts  []string
	limit  int

	interpret bool            // the controller's cell
	deciding  map[string]bool // the flags that say what the study is
}

func newStudyFlags(command string) *studyFlags {
	c := &studyFlags{set: flag.NewFlagSet(command, flag.ContinueOnError), config: study.Default()}
	f, s, k, r := c.set, &c.config, &c.config.Child, &c.config.Reinforce
	k.Space, k.Backend = "tokens 8", runtime.Backend()
	f.StringVar(&c.folder, "study", "study", "the study's `folder`; if it has a study, this flag alone is enough to go on with it")
	f.Func("text", "a text `file` that children learn; several are joined (default Newton's Opticks, from the Go distribution)", func(name string) error {
		c.texts = append(c.texts, name)
		return nil
	})
	f.IntVar(&c.limit, "limit", 0, "use only this many `bytes` from the start of the text, 0 for all")
	f.StringVar(&s.Strategy, "strategy", s.Strategy, "the `name` of what proposes cells: "+strings.Join(study.Strategies, ", "))
	f.StringVar(&k.Space, "space", k.Space, "the `space`: tokens BASE [bias] [OPERATOR …], or dag NODES [INITIAL] [ACTIVATION …]")
	f.IntVar(&s.Trials, "trials", s.Trials, "`cells` to propose; 0, of the strategy every, for all")
	f.IntVar(&s.Batch, "batch", s.Batch, "`cells` that are proposed before the strategy learns from them")
	f.IntVar(&s.Promote, "promote", s.Promote, "one cell in so many goes on to the next rung")
	f.IntVar(&s.Repeats.Cells, "repeat", 0, "`cells`, the best, that are trained again after the search with other seeds")
	f.IntVar(&s.Repeats.Seeds, "seeds", 4, "how many other `seeds` -repeat has")
	f.Uint64Var(&k.Seed, "seed", k.Seed, "of everything that is random")
	f.IntVar(&k.Parameters, "parameters", k.Parameters, "most parameters of a child, which has as many units as fit")
	f.IntVar(&k.Embed, "embed", k.Embed, "width of a byte's embedding")
	f.IntVar(&k.Batch, "rows", k.Batch, "rows of a child's batch")
	f.IntVar(&k.Steps, "steps", k.Steps, "steps of back-propagation through time")
	f.IntVar(&k.Validation, "validation", k.Validation, "`bytes` that children of the first rung are compared by")
	list(f, &k.Rungs, "rungs", "a child's `updates` on each rung", strconv.Atoi)
	list(f, &k.Rates, "rates", "learning `rates` that are raced on the first rung", func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
	f.StringVar(&k.Backend, "backend", k.Backend, "the `backend` that computes: the numbers of a study are of one")
	f.StringVar(&r.Cell, "controller", r.Cell, "the controller's `cell`: "+strings.Join(controllerCells(), ", ")+", a file, or none")
	f.BoolVar(&c.interpret, "interpret", false, "interpret a controller's cell of a file, instead of compiling it, which needs the go command")
	controllerFlags(f, r)
	evolutionFlags(f, &s.Evolution)
	c.deciding = make(map[string]bool)
	f.VisitAll(func(f *flag.Flag) { c.deciding[f.Name] = f.Name != "study" })
	return c
}

// controllerFlags registers how a controller is made and learns, except for its cell.
func controllerFlags(f *flag.FlagSet, r *study.Reinforce) {
	f.IntVar(&r.Layers, "layers", r.Layers, "the controller's layers")
	f.IntVar(&r.Hidden, "hidden", r.Hidden, "the controller's `units` in a layer")
	f.Float64Var(&r.LearningRate, "learningrate", r.LearningRate, "the controller's, of Adam")
	f.Float64Var(&r.BaselineDecay, "baseline", r.BaselineDecay, "the `share` of the baseline that an update keeps")
	f.Float64Var(&r.Entropy, "entropy", r.Entropy, "what a nat of entropy takes from the controller's loss")
	f.StringVar((*string)(&r.Reward), "reward", string(r.Reward), "of a cell: quantile or, as the paper has it, perplexity")
	f.IntVar(&r.Queue, "queue", r.Queue, "best `cells` whose probability the controller raises; 0 for none")
	f.Float64Var(&r.QueueWeight, "queueweight", r.QueueWeight, "what a nat of their log-probability takes from its loss")
}

// evolutionFlags registers how evolution selects.
func evolutionFlags(f *flag.FlagSet, e *strategy.EvolutionConfig) {
	f.IntVar(&e.Population, "population", e.Population, "`cells` that live in evolution")
	f.IntVar(&e.Tournament, "tournament", e.Tournament, "`cells` that a parent is the best of")
}

// list registers a flag of several numbers, separated by commas.
func list[N any](f *flag.FlagSet, values *[]N, name, usage string, parse func(string) (N, error)) {
	f.Func(name, usage+", separated by commas (default "+join(*values)+")", func(s string) error {
		*values = nil
		for part := range strings.SplitSeq(s, ",") {
			v, err := parse(strings.TrimSpace(part))
			if err != nil {
				return fmt.Errorf("%q is not a number", part)
			}
			*values = append(*values, v)
		}
		return nil
	})
}

// join returns values as a list's flag takes them.
func join[N any](values []N) string {
	var texts []string
	for _, v := range values {
		texts = append(texts, fmt.Sprint(v))
	}
	return strings.Join(texts, ",")
}

// prepare makes the study, or finds it made. If the controller's cell has to be compiled first, it does
// not return: see compile.
func (c *runFlags) prepare(stderr io.Writer) error {
	if !c.given() {
		have, _, err := study.Load(c.folder)
		if err == nil {
			return compile(&have.Reinforce, stderr)
		}
		if !errors.Is(err, study.ErrNone) {
			return err
		}
	}
	if err := c.settle(); err != nil {
		return err
	}
	var failed *compileError
	if err := compile(&c.config.Reinforce, stderr); errors.As(err, &failed) {
		return fmt.Errorf("%w\nWith -interpret the controller's cell is interpreted", err)
	} else if err != nil {
		return err
	}
	text, err := c.text()
	if err != nil {
		return err
	}
	if err := c.checkText(text); err != nil {
		return err
	}
	return study.Create(c.folder, c.config, text)
}

// checkText returns an error if children cannot learn the text, or the table's have learned another.
func (c *runFlags) checkText(text []byte) error {
	children := c.config.Child
	children.Text = child.Digest(text)
	if c.table != nil {
		return c.table.Check(children)
	}
	_, err := child.New(children, text)
	return err
}

// given reports whether the command says what the study is. If not, it goes on with the one in the
// folder.
func (c *studyFlags) given() (given bool) {
	c.set.Visit(func(f *flag.Flag) { given = given || c.deciding[f.Name] })
	return given
}

// settle checks the values of flags, and leaves out what the strategy does not read.
func (c *studyFlags) settle() error {
	s, err := space.Parse(c.config.Child.Space)
	if err != nil {
		return usagef("-space: %v", err)
	}
	c.config.Child.Space = s.String()
	r := &c.config.Reinforce
	name := r.Cell
	if r.Cell, err = controllerCell(name); err != nil {
		return err
	}
	r.Compiled = r.Cell != name && !c.interpret
	if c.config.Strategy != study.ByReinforce {
		*r = study.Reinforce{}
	}
	if c.config.Strategy != study.ByEvolution {
		c.config.Evolution = strategy.EvolutionConfig{}
	}
	if c.config.Repeats.Cells == 0 {
		c.config.Repeats = study.Repeats{}
	}
	if c.limit < 0 {
		return usagef("-limit is %d, want at least 0", c.limit)
	}
	if err := c.config.Check(); err != nil {
		return wrongFlag(c.set, err)
	}
	if err := c.config.Child.CheckBackend(); err != nil {
		return usagef("-backend: %v", err)
	}
	interpreted := c.config // which every program can make: before anything is compiled
	interpreted.Reinforce.Compiled = false
	if err := interpreted.CheckStrategy(); err != nil {
		return wrongFlag(c.set, err)
	}
	return nil
}

// text returns the text that children learn.
func (c *studyFlags) text() ([]byte, error) {
	files := c.texts
	if len(files) == 0 {
		root, err := toolchain.Go{}.Run(context.Background(), "env", "GOROOT")
		if err != nil {
			return nil, fmt.Errorf("finding the default text (choose another with -text): %w", err)
		}
		files = []string{filepath.Join(root, "src", "testdata", "Isaac.Newton-Opticks.txt")}
	}
	return corpus.Text{Files: files, Limit: c.limit}.Read(corpus.MaxText)
}
