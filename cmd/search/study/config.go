// Package study runs searches. A study is a folder:
//
//	study.json       what decides the study: see Config
//	text             the text that its children read
//	journal.jsonl    what has been decided so far: see Record
//	runs.jsonl       who worked on it: command, versions, processor
//
// The journal is the truth. A study that was killed goes on where its journal ends, and ends with
// the same journal, except for asides, as a study that was not, however many workers train.
package study

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/rebuild"
	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/controller"
	"github.com/cellgen/cellgen/cmd/search/field"
	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/cmd/search/strategy"
	"github.com/cellgen/cellgen/gen/front"
)

// Config is all that decides the journal of a study, beside the text.
type Config struct {
	Strategy  string                   `json:"strategy"` // one of Strategies
	Evolution strategy.EvolutionConfig `json:"evolution,omitzero"`
	Reinforce Reinforce                `json:"reinforce,omitzero"`
	Child     child.Setup              `json:"child"`
	Trials    int                      `json:"trials"`  // 0, of the strategy every: all cells
	Batch     int                      `json:"batch"`   // trials that are proposed at a time
	Promote   int                      `json:"promote"` // one in so many goes on to the next rung
	Repeats   Repeats                  `json:"repeats,omitzero"`
	Table     string                   `json:"table,omitzero"` // SHA-256 of the table that results are from, if nothing is trained
}

// Repeats says which cells are trained again after the search, with other seeds.
type Repeats struct {
	Cells int `json:"cells"` // the best
	Seeds int `json:"seeds"` // how many more
}

// Reinforce is a strategy.ReinforceConfig whose cell is a name or a text.
type Reinforce struct {
	Cell          string          `json:"cell"`     // a shipped cell, the text of a source, or NoCell
	Compiled      bool            `json:"compiled"` // whether the text's cell is compiled: the numbers are the same up to rounding
	Layers        int             `json:"layers"`
	Hidden        int             `json:"hidden"`
	Initial       float64         `json:"initial"`
	LearningRate  float64         `json:"learningrate"`
	BaselineDecay float64         `json:"baselinedecay"`
	Entropy       float64         `json:"entropy"`
	Reward        strategy.Reward `json:"reward"`
	Scale         float64         `json:"scale"`
	Queue         int             `json:"queue"`
	QueueWeight   float64         `json:"queueweight"`
}

// NoCell is the Reinforce.Cell of a controller without any: its decisions are independent.
const NoCell = "none"

// The strategies.
const (
	ByReinforce = "reinforce"
	ByEvolution = "evolution"
	AtRandom    = "random"
	ByEvery     = "every"
)

// Strategies are the names of the strategies.
var Strategies = []string{ByReinforce, ByEvolution, AtRandom, ByEvery}

// Default returns the configuration that a study has unless it is told otherwise.
func Default() Config {
	r := strategy.DefaultReinforce()
	c := r.Controller
	// The paper learns from 15,000 children, at a rate of 5e-4. With these a controller gets ahead of
	// random search within 500: see the table in benchmarks/search.
	c.LearningRate, c.Entropy, r.Queue, c.QueueWeight = 0.01, 0.05, 20, 0.5
	return Config{
		Strategy: ByReinforce, Evolution: strategy.DefaultEvolution(),
		Reinforce: Reinforce{
			Cell: "lstm", Layers: c.Layers, Hidden: c.Hidden, Initial: c.Initial,
			LearningRate: c.LearningRate, BaselineDecay: c.BaselineDecay, Entropy: c.Entropy,
			Reward: r.Reward, Scale: r.Scale, Queue: r.Queue, QueueWeight: c.QueueWeight,
		},
		Child: child.DefaultSetup(), Trials: 1000, Batch: 10, Promote: 4,
	}
}

// Check returns an error if a field is out of range. What strategies check is checked when one is
// made.
func (c *Config) Check() error {
	if !slices.Contains(Strategies, c.Strategy) {
		return field.Errorf("strategy", "is %s%s; want one of %v", front.Quote(c.Strategy), front.Nearest(c.Strategy, Strategies), Strategies)
	}
	for _, n := range []struct {
		field              string
		value, least, most int
	}{
		{"trials", c.Trials, 0, 1_000_000_000},
		{"batch", c.Batch, 1, 1_000_000},
		{"promote", c.Promote, 1, 1_000_000},
		{"repeats.cells", c.Repeats.Cells, 0, 1_000_000},
		{"repeats.seeds", c.Repeats.Seeds, 0, 1_000_000},
	} {
		if n.value < n.least || n.value > n.most {
			return field.Errorf(n.field, "is %d; want %d to %d", n.value, n.least, n.most)
		}
	}
	if c.Trials == 0 && c.Strategy != ByEvery {
		return field.Errorf("trials", "is 0; want at least 1")
	}
	return field.In("child", c.Child.Check())
}

// CheckStrategy returns an error if there can be no strategy of this configuration.
func (c *Config) CheckStrategy() error {
	if c.Strategy != ByEvery {
		_, _, err := c.NewStrategy()
		return err
	}
	s, err := space.Parse(c.Child.Space)
	if err != nil {
		return err
	}
	return strategy.CheckEvery(s)
}

// NewStrategy returns the strategy of a study, which has learned nothing yet, and the number of
// its trials.
func (c *Config) NewStrategy() (s strategy.Strategy, trials int, err error) {
	cellSpace, err := space.Parse(c.Child.Space)
	if err != nil {
		return nil, 0, err
	}
	switch c.Strategy {
	case ByEvolution:
		s, err = strategy.NewEvolution(cellSpace, c.Child.Seed, c.Evolution)
	case AtRandom:
		s = strategy.NewRandom(cellSpace, c.Child.Seed)
	case ByEvery:
		every, err := strategy.NewEvery(cellSpace)
		if err != nil {
			return nil, 0, err
		}
		if c.Trials == 0 || c.Trials > every.Len() {
			return every, every.Len(), nil
		}
		s = every
	default:
		s, err = c.Reinforce.new(cellSpace, c.Child.Seed)
	}
	return s, c.Trials, err
}

// new returns a strategy with a controller.
func (r *Reinforce) new(s space.Space, seed uint64) (*strategy.Reinforce, error) {
	config, err := r.controller()
	if err != nil {
		return nil, err
	}
	return strategy.NewReinforce(s, seed, strategy.ReinforceConfig{Controller: config, Reward: r.Reward, Scale: r.Scale, Queue: r.Queue})
}

// controller returns the controller's configuration.
func (r *Reinforce) controller() (controller.Config, error) {
	config := controller.Config{
		Layers: r.Layers, Hidden: r.Hidden, Initial: r.Initial, LearningRate: r.LearningRate,
		BaselineDecay: r.BaselineDecay, Entropy: r.Entropy, QueueWeight: r.QueueWeight,
	}
	find := cells.Of
	switch {
	case r.Cell == NoCell:
		return config, nil
	case cells.IsShipped(r.Cell):
		find = cells.Find
	case r.IsBuilt():
		config.Cell = rebuild.Built()
		return config, nil
	case r.Compiled:
		return config, errors.New("the controller's cell is not compiled into this program")
	}
	cell, err := find(r.Cell)
	if err != nil {
		return config, fmt.Errorf("the controller's cell: %w", err)
	}
	config.Cell = cell
	return config, nil
}

// IsBuilt reports whether this program was built with the controller's cell.
func (r *Reinforce) IsBuilt() bool {
	built := rebuild.Built()
	return r.Compiled && built != nil && built.Describe().Source == r.Cell
}

// Measure returns how many parameters the default controller's cell has with the layers and units of
// this one. Controllers of other cells that are compared have as many.
func (r Reinforce) Measure(s space.Space) (int, error) {
	r.Cell, r.Compiled = Default().Reinforce.Cell, false
	return r.Fit(s, 0)
}

// Fit sets the hidden units so that the controller has as many parameters as given, as near as
// units allow, and returns how many. If none are given it changes nothing.
func (r *Reinforce) Fit(s space.Space, parameters int) (int, error) {
	config, err := r.controller()
	if err != nil {
		return 0, err
	}
	if parameters > 0 {
		if config, err = controller.Fit(s, config, parameters); err != nil {
			return 0, err
		}
		r.Hidden = config.Hidden
		return parameters, nil
	}
	c, err := controller.New(s, config)
	if err != nil {
		return 0, err
	}
	return c.Parameters(), nil
}
