package training

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/runtime/nn"
	"github.com/cellgen/cellgen/runtime/safetensors"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// The keys of a checkpoint's metadata, and the beginnings of its tensors' names: beside the weights,
// which have their own, there are the optimizer's moments and the shards' recurrent states.
const (
	keySetup     = "lm.setup"
	keyPosition  = "lm.position"
	optimizerDot = "optimizer."
	stateDot     = "state."
)

// Setup is everything that decides the numbers of a run: values, by the names of flags. A name such as
// text.limit is of a part of the first flag's value that the second one decides.
type Setup map[string]string

// Differ returns an error that names the first flag, in the order of their names, whose value is
// another than in the setup that a checkpoint has. If a part of the value is another, it names
// the part's flag; parts of equal values do not count.
func (s Setup) Differ(saved Setup) error {
	names := slices.Sorted(maps.Keys(s))
	names = append(names, slices.Sorted(maps.Keys(saved))...)
	for _, name := range names {
		if strings.Contains(name, ".") || s.same(saved, name) {
			continue
		}
		for _, part := range names {
			_, is := s[part]
			_, was := saved[part]
			if strings.HasPrefix(part, name+".") && is && was && !s.same(saved, part) {
				return s.difference(saved, part)
			}
		}
		return s.difference(saved, name)
	}
	return nil
}

func (s Setup) same(saved Setup, name string) bool {
	now, is := s[name]
	then, was := saved[name]
	return is == was && now == then
}

// difference returns the error of a value that differs.
func (s Setup) difference(saved Setup, name string) error {
	now, is := s[name]
	then, was := saved[name]
	flag := name[strings.LastIndex(name, ".")+1:]
	if !is || !was || strings.Contains(now+then, "\n") || len(now)+len(then) > 60 {
		return fmt.Errorf("-%s is not what the run began with", flag)
	}
	return fmt.Errorf("-%s is %s, and the run began with %s", flag, shown(now), shown(then))
}

func shown(value string) string {
	if value == "" {
		return `""`
	}
	return value
}

// Save writes a checkpoint to a file, atomically.
func (t *Trainer) Save(path string, setup Setup) error {
	about := t.model.Stack.Model().Metadata()
	for key, v := range map[string]any{keySetup: setup, keyPosition: &t.Position} {
		text, err := json.Marshal(v)
		if err != nil {
			return err
		}
		about[key] = string(text)
	}
	moments, err := t.optimizer.State(t.shards[0].params)
	if err != nil {
		return err
	}
	tensors := t.model.Stack.Export()
	for _, a := range moments.Arrays {
		tensors = append(tensors, tensor.Tensor{Name: optimizerDot + a.Name, Shape: a.Shape, Values: a.Values})
	}
	for i, s := range t.shards {
		for _, name := range s.state.Names() {
			values := s.state.Of(name)
			tensors = append(tensors, tensor.Tensor{
				Name: stateName(i, name), Shape: []int{s.state.Rows(), len(values) / s.state.Rows()}, Values: values,
			})
		}
	}
	return safetensors.WriteFile(path, tensors, about)
}

func stateName(shard int, name string) string { return fmt.Sprintf("%s%d.%s", stateDot, shard, name) }

// ReadSetup returns the setup of a checkpoint; nil if the file does not exist.
func ReadSetup(path string) (Setup, error) {
	f, err := safetensors.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	setup := make(Setup)
	if err := unmarshal(f, keySetup, &setup); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return setup, nil
}

func unmarshal(f *safetensors.File, key string, v any) error {
	text, ok := f.Metadata()[key]
	if !ok {
		return fmt.Errorf("it is not a checkpoint: its metadata lacks %s", key)
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// Restore goes on from a checkpoint, which must be of the same setup.
func (t *Trainer) Restore(path string) error {
	f, err := safetensors.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := t.restore(f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func (t *Trainer) restore(f *safetensors.File) error {
	var at Position
	if err := unmarshal(f, keyPosition, &at); err != nil {
		return err
	}
	if at.Chunk < 0 || at.Chunk > t.Chunks() || at.Epoch < 0 || at.Update != at.Epoch*t.Chunks()+at.Chunk {
		return fmt.Errorf("%s: no run of %d steps an epoch is at step %d of epoch %d after %d in all",
			keyPosition, t.Chunks(), at.Chunk, at.Epoch+1, at.Update)
	}
	moments := nn.OptimizerState{Steps: at.Update}
	for _, info := range f.List() {
		if name, ok := strings.CutPrefix(info.Name, optimizerDot); ok {
			a, err := f.Read(info.Name)
			if err != nil {
				return err
			}
			moments.Arrays = append(moments.Arrays, nn.Array{Name: name, Shape: a.Shape, Values: a.Values})
		}
	}
	for i, s := range t.shards {
		for _, name := range s.state.Names() {
			a, err := f.Read(stateName(i, name))
			if err != nil {
				return err
			}
			if have, want := len(a.Values), len(s.state.Of(name)); have != want {
				return fmt.Errorf("%s has %d values, want %d", a.Name, have, want)
			}
			copy(s.state.Of(name), a.Values)
		}
	}
	if err := t.model.Stack.Import(f); err != nil {
		return err
	}
	t.Position = at
	return t.optimizer.Restore(t.shards[0].params, moments)
}
