package strategy

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/cellgen/cellgen/cmd/search/controller"
	"github.com/cellgen/cellgen/cmd/search/field"
	"github.com/cellgen/cellgen/cmd/search/space"
)

// ReinforceConfig is a controller and what it learns from.
type ReinforceConfig struct {
	Controller controller.Config // its seed follows from the strategy's
	Reward     Reward
	Scale      float64 // of the reward Perplexity
	Queue      int     // how many of the best sequences the loss has, with Controller.QueueWeight; 0 for none
}

// DefaultReinforce returns the paper's controller, with quantiles as rewards and no queue. Scale
// is the paper's.
func DefaultReinforce() ReinforceConfig {
	return ReinforceConfig{Controller: controller.Paper(), Reward: Quantile, Scale: 80}
}

// Reinforce proposes what a controller draws. Each Learn is one update of the controller.
type Reinforce struct {
	ledger
	config     ReinforceConfig
	controller *controller.Controller
	past       past
	queue      []Scored // the best of distinct sequences, the best first
	report     controller.Report
}

// NewReinforce returns a search whose controller has learned nothing yet. It is an error if a field of the
// configuration is out of range.
func NewReinforce(s space.Space, seed uint64, config ReinforceConfig) (*Reinforce, error) {
	if err := config.Reward.check(); err != nil {
		return nil, fmt.Errorf("strategy: %w", err)
	}
	if !(config.Scale > 0) || math.IsInf(config.Scale, 1) {
		return nil, fmt.Errorf("strategy: %w", field.Errorf("Scale", "is %v; want a number above 0", config.Scale))
	}
	if config.Queue < 0 {
		return nil, fmt.Errorf("strategy: %w", field.Errorf("Queue", "is %d; want at least 0", config.Queue))
	}
	config.Controller.Seed = seed
	c, err := controller.New(s, config.Controller)
	if err != nil {
		return nil, fmt.Errorf("strategy: %w", err)
	}
	return &Reinforce{ledger: ledger{kind: "reinforce", space: s, seed: seed, settings: config.settings()}, config: config, controller: c}, nil
}

// settings returns what JSON can say of the configuration: of the cell, its name and source.
func (c ReinforceConfig) settings() any {
	cell := []string{}
	if c.Controller.Cell != nil {
		d := c.Controller.Cell.Describe()
		cell = []string{d.Name, d.Source}
	}
	c.Controller.Cell = nil
	return struct {
		ReinforceConfig
		Cell []string
	}{c, cell}
}

// Propose implements Strategy. It is an error if the controller's logits are not finite.
func (r *Reinforce) Propose(n int) ([]Proposal, error) {
	all, err := r.propose(n, r.controller.Sample)
	if errors.Is(err, controller.ErrNotFinite) {
		err = fmt.Errorf("%w: it needs a smaller learning rate, or a cell whose state has bounds", err)
	}
	return all, err
}

// Learn implements Strategy. The weights stay as they were if what the controller computes is not
// finite: see controller.Update.
func (r *Reinforce) Learn(results []Result) error {
	scored, err := r.score(results)
	if err != nil {
		return err
	}
	past, queue := r.past.with(scored), r.ranked(scored)
	var episodes []controller.Episode
	for i, reward := range r.config.rewards(past, scored) {
		episodes = append(episodes, controller.Episode{Choices: scored[i].Choices, Reward: reward})
	}
	var best [][]int
	for _, s := range queue {
		best = append(best, s.Choices)
	}
	report, err := r.controller.Update(episodes, best)
	if err != nil {
		return fmt.Errorf("strategy: %w", err)
	}
	r.settle(scored)
	r.past, r.queue, r.report = past, queue, report
	return nil
}

// ranked returns the queue with trials that belong there.
func (r *Reinforce) ranked(scored []Scored) []Scored {
	queue := slices.Clone(r.queue)
	for _, s := range scored {
		if s.Failed {
			continue
		}
		same := func(q Scored) bool { return slices.Equal(q.Choices, s.Choices) }
		if i := slices.IndexFunc(queue, same); i >= 0 && s.compare(queue[i]) >= 0 {
			continue
		} else if i >= 0 {
			queue = slices.Delete(queue, i, i+1)
		}
		queue = append(queue, s)
	}
	slices.SortStableFunc(queue, func(a, b Scored) int {
		return cmp.Or(a.compare(b), a.Trial-b.Trial)
	})
	return queue[:min(len(queue), r.config.Queue)]
}

// Report returns what the last update has seen.
func (r *Reinforce) Report() controller.Report { return r.report }

// learned is the part of a Reinforce that a ledger does not have.
type learned struct {
	Controller controller.State  `json:"controller"`
	Past       past              `json:"past"`
	Queue      []Scored          `json:"queue"`
	Report     controller.Report `json:"report"`
}

// State implements Strategy.
func (r *Reinforce) State() ([]byte, error) {
	c, err := r.controller.State()
	if err != nil {
		return nil, fmt.Errorf("strategy: %w", err)
	}
	return r.save(learned{c, r.past, r.queue, r.report})
}

// Restore implements Strategy.
func (r *Reinforce) Restore(data []byte) error {
	var l learned
	t, err := r.load(data, &l)
	if err != nil {
		return err
	}
	count := t.Next - len(t.Pending)
	if err := checkScored(r.space, count, l.Queue); err != nil {
		return fmt.Errorf("strategy: the state is malformed: %w", err)
	}
	if got := len(l.Past.Standings) + l.Past.Failed; got != count || l.Past.Failed < 0 || !slices.IsSortedFunc(l.Past.Standings, Standing.Compare) || len(l.Queue) > r.config.Queue {
		return fmt.Errorf("strategy: the state is malformed: the past has %d trials of %d, the queue %d", got, count, len(l.Queue))
	}
	if err := r.controller.Restore(l.Controller); err != nil {
		return fmt.Errorf("strategy: %w", err)
	}
	r.trials, r.past, r.queue, r.report = t, l.Past, l.Queue, l.Report
	return nil
}
