package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// plan is what search iterate does. Its first generation's study has most of it, and the file
// iterate.json beside that has the fields with names.
type plan struct {
	Generations int  `json:"generations"`
	Parameters  int  `json:"parameters"`          // of each controller, as near as its units allow
	Interpret   bool `json:"interpret,omitempty"` // the cells that are found, instead of compiling them

	first study.Config
	text  []byte
}

func planFile(folder string) string { return filepath.Join(folder, "iterate.json") }

// plan returns what the flags say or, if they say nothing of what the first study is, what the folder
// has.
func (c *iterateConfig) plan() (*plan, error) {
	kept, err := readPlan(c.folder)
	if err != nil {
		return nil, err
	}
	p, err := c.resume(kept)
	if errors.Is(err, study.ErrNone) {
		p, err = c.begin()
	}
	if err != nil {
		return nil, err
	}
	if kept != nil && (kept.Parameters != p.Parameters || kept.Interpret != p.Interpret) {
		return nil, fmt.Errorf("%s has another plan, of %d parameters and with -interpret=%t: choose another folder", planFile(c.folder), kept.Parameters, kept.Interpret)
	}
	if kept != nil && !c.isGiven("generations") {
		p.Generations = kept.Generations
	}
	return p, c.checkTable(&p.first, c.generation(0))
}

// isGiven reports whether the command has a flag.
func (c *iterateConfig) isGiven(name string) (given bool) {
	c.set.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}

// resume returns the plan of the folder's studies, or study.ErrNone if the command says what they are,
// or the first does not exist.
func (c *iterateConfig) resume(kept *plan) (*plan, error) {
	if c.given() {
		return nil, study.ErrNone
	}
	folder := c.generation(0)
	first, text, err := study.Load(folder)
	if err != nil {
		return nil, err
	}
	if first.Strategy != study.ByReinforce {
		return nil, fmt.Errorf("the strategy of %s is %s: only %s has a controller", folder, first.Strategy, study.ByReinforce)
	}
	p := &plan{Generations: c.generations, first: first, text: text}
	if kept != nil {
		p.Parameters, p.Interpret = kept.Parameters, kept.Interpret
		return p, nil
	}
	if !c.isGiven("generations") {
		return nil, fmt.Errorf("%s is missing, which has how many generations there are: say so with -generations", planFile(c.folder))
	}
	s, err := space.Parse(first.Child.Space)
	if err != nil {
		return nil, err
	}
	p.Parameters, err = first.Reinforce.Measure(s)
	return p, err
}

// begin returns the plan that the flags say.
func (c *iterateConfig) begin() (*plan, error) {
	if c.config.Strategy != study.ByReinforce {
		return nil, usagef("-strategy is %s: only %s has a controller", c.config.Strategy, study.ByReinforce)
	}
	if err := c.settle(); err != nil {
		return nil, err
	}
	p := &plan{Generations: c.generations, Interpret: c.interpret, first: c.config}
	s, err := space.Parse(p.first.Child.Space)
	if err != nil {
		return nil, err
	}
	if p.Parameters, err = p.first.Reinforce.Measure(s); err != nil {
		return nil, err
	}
	if err := p.fit(&p.first.Reinforce, s); err != nil {
		return nil, err
	}
	if p.text, err = c.text(); err != nil {
		return nil, err
	}
	return p, c.checkText(p.text)
}

// follow makes a controller the next generation's, of the cell in a file.
func (p *plan) follow(r *study.Reinforce, s space.Space, file string) (err error) {
	if r.Cell, err = controllerCell(file); err != nil {
		return err
	}
	r.Compiled = !p.Interpret
	return p.fit(r, s)
}

// fit gives a controller as many units as the plan's parameters pay for. They are the same compiled or
// not, and here the cell is not.
func (p *plan) fit(r *study.Reinforce, s space.Space) error {
	interpreted := *r
	interpreted.Compiled = false
	_, err := interpreted.Fit(s, p.Parameters)
	r.Hidden = interpreted.Hidden
	return err
}

// readPlan returns what a folder's iterate.json has, nil if the folder has none.
func readPlan(folder string) (*plan, error) {
	data, err := os.ReadFile(planFile(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := new(plan)
	if err := json.Unmarshal(data, p); err != nil {
		return nil, fmt.Errorf("%s: %w", planFile(folder), err)
	}
	if p.Generations < 1 || p.Parameters < 1 {
		return nil, fmt.Errorf("%s: %d generations and %d parameters, want at least 1", planFile(folder), p.Generations, p.Parameters)
	}
	return p, nil
}

// write keeps the plan in its folder.
func (p *plan) write(folder string) error {
	data, err := json.MarshalIndent(p, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return writeFile(planFile(folder), append(data, '\n'))
}
