package strategy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/cellgen/cellgen/cmd/search/space"
)

// state is what Strategy.State returns.
type state struct {
	Strategy string          `json:"strategy"`
	Space    string          `json:"space"`
	Seed     uint64          `json:"seed"`
	Settings json.RawMessage `json:"settings"`
	Trials   trials          `json:"trials"`
	Learned  json.RawMessage `json:"learned"`
}

// save returns the state of a strategy that has learned something of its own.
func (l *ledger) save(learned any) ([]byte, error) {
	s := state{Strategy: l.kind, Space: l.space.String(), Seed: l.seed, Trials: l.trials}
	var err error
	if s.Settings, err = json.Marshal(l.settings); err != nil {
		return nil, fmt.Errorf("strategy: %w", err)
	}
	if s.Learned, err = json.Marshal(learned); err != nil {
		return nil, fmt.Errorf("strategy: %w", err)
	}
	return json.Marshal(s)
}

// load reads a state into learned, a pointer, and returns its trials. It changes nothing else.
func (l *ledger) load(data []byte, learned any) (trials, error) {
	var s state
	if err := decode(data, &s); err != nil {
		return trials{}, fmt.Errorf("strategy: the state is malformed: %w", err)
	}
	settings, err := json.Marshal(l.settings)
	if err != nil {
		return trials{}, fmt.Errorf("strategy: %w", err)
	}
	for _, f := range []struct{ what, got, want string }{
		{"strategy", s.Strategy, l.kind},
		{"space", s.Space, l.space.String()},
		{"seed", fmt.Sprint(s.Seed), fmt.Sprint(l.seed)},
		{"settings", string(s.Settings), string(settings)},
	} {
		if f.got != f.want {
			return trials{}, fmt.Errorf("strategy: the %s of the state is %s; want %s", f.what, f.got, f.want)
		}
	}
	if err := s.Trials.check(l.space); err != nil {
		return trials{}, fmt.Errorf("strategy: the state is malformed: %w", err)
	}
	if err := decode(s.Learned, learned); err != nil {
		return trials{}, fmt.Errorf("strategy: the state is malformed: %w", err)
	}
	return s.Trials, nil
}

// decode reads one JSON value that has no unknown fields.
func decode(data []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

func (t trials) check(s space.Space) error {
	for i, p := range t.Pending {
		if want := t.Next - len(t.Pending) + i; p.Trial != want || want < 0 {
			return fmt.Errorf("pending trial %d; want %d", p.Trial, want)
		}
		if err := space.Check(s, p.Choices); err != nil {
			return fmt.Errorf("trial %d: %w", p.Trial, err)
		}
	}
	if t.Next < 0 {
		return fmt.Errorf("next trial %d", t.Next)
	}
	if t.Top == nil {
		return nil
	}
	return checkScored(s, t.Next-len(t.Pending), []Scored{*t.Top})
}

// checkScored checks trials that have been learned from, of so many.
func checkScored(s space.Space, learned int, all []Scored) error {
	for _, one := range all {
		if one.Trial < 0 || one.Trial >= learned || one.Loss < 0 || one.Rung < 0 {
			return fmt.Errorf("trial %d of %d has a loss of %v", one.Trial, learned, one.Loss)
		}
		if err := space.Check(s, one.Choices); err != nil {
			return fmt.Errorf("trial %d: %w", one.Trial, err)
		}
	}
	return nil
}
