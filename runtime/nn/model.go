package nn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/cellgen/cellgen/runtime/kernel"
)

// Model says what a stack is made of, without its weights. It is what a file says of the stack
// that it holds; see [Stack.Save].
type Model struct {
	Input int           `json:"input"` // D, or the number of tokens
	Parts []Description `json:"parts"`
	// Cells are the sources of the recurrent layers' cells, by the names that the parts have for
	// them. A source is "" if the cell does not tell it.
	Cells map[string]string `json:"-"`
}

// Description describes a part. It has the fields that its kind of part needs.
type Description struct {
	Part   string         `json:"part"`             // the kind: one of the keys of kinds
	Cell   string         `json:"cell,omitempty"`   // of recurrent and bidirectional: one of Model.Cells
	Hidden int            `json:"hidden,omitempty"` // of the same: H
	Widths map[string]int `json:"widths,omitempty"` // of the same: the widths that the cell asks for beside H
	Width  int            `json:"width,omitempty"`  // of embed
	Output int            `json:"output,omitempty"` // of linear
	Rate   float64        `json:"rate,omitempty"`   // of what drops; of recurrent layers, of [RecurrentDropout]
	Parts  []Description  `json:"parts,omitempty"`  // of residual
}

// The keys of a file's metadata: of a model's JSON, and of the source of each cell.
const (
	modelKey = "cellgen.model"
	cellKey  = "cellgen.cell."
)

// Model returns what the stack is made of.
func (k *Stack) Model() *Model {
	m := &Model{Input: k.input, Cells: make(map[string]string)}
	m.Parts = k.describeAll(m)
	return m
}

// Metadata returns the model as a file's metadata: its JSON as cellgen.model, and the source of
// each cell, such as cellgen.cell.LSTM.
func (m *Model) Metadata() map[string]string {
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // finite numbers and texts
	}
	metadata := map[string]string{modelKey: string(text)}
	for name, source := range m.Cells {
		metadata[cellKey+name] = source
	}
	return metadata
}

// ErrNoModel is the error of ReadModel if metadata does not describe a model.
var ErrNoModel = errors.New("the file does not say what model it holds")

// ReadModel returns the model that a file's metadata describes, whose other keys may be anything.
// It is an error if there is none, [ErrNoModel], or if it is malformed.
func ReadModel(metadata map[string]string) (*Model, error) {
	text, ok := metadata[modelKey]
	if !ok {
		return nil, fmt.Errorf("nn: ReadModel: %w: its metadata lacks %s", ErrNoModel, modelKey)
	}
	m := &Model{Cells: make(map[string]string)}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	err := d.Decode(m)
	if err == nil && d.More() {
		err = errors.New("there is more behind it")
	}
	if err == nil {
		err = m.readCells(m.Parts, metadata)
	}
	if err != nil {
		return nil, fmt.Errorf("nn: ReadModel: %s: %w", modelKey, err)
	}
	return m, nil
}

// readCells finds the sources of the parts' cells.
func (m *Model) readCells(parts []Description, metadata map[string]string) error {
	for i, p := range parts {
		if err := p.check(); err != nil {
			return fmt.Errorf("part %d: %w", i, err)
		}
		if p.Cell != "" {
			source, ok := metadata[cellKey+p.Cell]
			if !ok {
				return fmt.Errorf("part %d: the metadata lacks %s%s, its cell's source", i, cellKey, p.Cell)
			}
			m.Cells[p.Cell] = source
		}
		if err := m.readCells(p.Parts, metadata); err != nil {
			return fmt.Errorf("part %d: %w", i, err)
		}
	}
	return nil
}

// addCell returns the model's name for a cell: its own, unless another cell has that.
func (m *Model) addCell(d kernel.Description) string {
	name := d.Name
	for i := 2; ; i++ {
		source, taken := m.Cells[name]
		if !taken || source == d.Source {
			m.Cells[name] = d.Source
			return name
		}
		name = fmt.Sprintf("%s-%d", d.Name, i)
	}
}

// Diff says in what another model differs from m, part by part; "" if in nothing that weights
// depend on.
func (m *Model) diff(other *Model) string {
	switch {
	case m.Input != other.Input:
		return fmt.Sprintf("the input is %d, want %d", m.Input, other.Input)
	case len(m.Parts) != len(other.Parts):
		return fmt.Sprintf("%d parts, want %d", len(m.Parts), len(other.Parts))
	}
	return m.diffParts(m.Parts, other.Parts, other)
}

func (m *Model) diffParts(parts, others []Description, other *Model) string {
	for i, p := range parts {
		if d := m.diffPart(p, others[i], other); d != "" {
			return fmt.Sprintf("part %d, %s: %s", i, p.Part, d)
		}
	}
	return ""
}

func (m *Model) diffPart(p, want Description, other *Model) string {
	for _, c := range []struct {
		name       string
		have, want any
	}{
		{"kind", p.Part, want.Part},
		{"hidden", p.Hidden, want.Hidden},
		{"widths", fmt.Sprint(p.Widths), fmt.Sprint(want.Widths)},
		{"width", p.Width, want.Width},
		{"output", p.Output, want.Output},
		{"number of parts", len(p.Parts), len(want.Parts)},
	} {
		if c.have != c.want {
			return fmt.Sprintf("%s is %v, want %v", c.name, c.have, c.want)
		}
	}
	if p.Cell != "" {
		if d := diffCells(m.Cells[p.Cell], other.Cells[want.Cell], p.Cell, want.Cell); d != "" {
			return d
		}
	}
	return m.diffParts(p.Parts, want.Parts, other)
}

// diffCells says in what a cell differs from the wanted one. A cell without a source may be any of
// its name.
func diffCells(have, want, haveName, wantName string) string {
	if have == want && (have != "" || haveName == wantName) {
		return ""
	}
	if haveName != wantName {
		return fmt.Sprintf("the cell is %s, want %s", haveName, wantName)
	}
	if have == "" || want == "" {
		return ""
	}
	a, b := strings.Split(have, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("another cell called %s: line %d of its source is %q, want %q", haveName, i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("another cell called %s: its source has %d lines, want %d", haveName, len(a), len(b))
}
