package study

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/controller"
	"github.com/cellgen/cellgen/cmd/search/journal"
	"github.com/cellgen/cellgen/cmd/search/strategy"
)

// Record is a line of the journal: one of its fields is set.
type Record struct {
	Trial *Trial `json:"trial,omitempty"`
	Run   *Run   `json:"run,omitempty"`
	Batch *Batch `json:"batch,omitempty"`
}

// Trial is a sequence that was proposed.
type Trial struct {
	strategy.Proposal
	Cell string `json:"cell"` // the name: cells with one name are trained once
}

// Run is a training that has ended.
type Run struct {
	Cell string `json:"cell"`
	child.Task
	child.Result
}

// Batch is what was learned of a batch of trials.
type Batch struct {
	Batch  int                `json:"batch"`  // counted from 0
	Trials int                `json:"trials"` // learned from, in all
	Cells  int                `json:"cells"`  // that were trained, in all
	Best   *Score             `json:"best"`   // so far; null as long as all have failed
	Report *controller.Report `json:"report,omitempty"`
}

// Score is how good a cell is: the loss on the last rung that it has reached.
type Score struct {
	Cell    string        `json:"cell"`
	Rung    int           `json:"rung"`
	Rate    float64       `json:"rate"` // the best
	Loss    float64       `json:"loss"` // nats a byte
	Outcome child.Outcome `json:"outcome"`
}

// Aside is what may differ from one run of a study to another.
type Aside struct {
	At      time.Time `json:"at"`
	Seconds float64   `json:"seconds,omitempty"` // that a training took
	Worker  string    `json:"worker,omitempty"`
}

// entry returns a record's line.
func entry(r Record, a Aside) (journal.Entry, error) { return journal.NewEntry(r, a) }

// Read returns what the journal of a study has. It may be in use.
func Read(folder string) ([]Record, []Aside, error) {
	entries, err := journal.Read(journalFile(folder))
	if err != nil {
		return nil, nil, err
	}
	return decode(folder, 0, entries)
}

// Tail reads the journal of a study that may be in use, as it grows.
type Tail struct {
	folder string
	lines  int
	*journal.Tail
}

// NewTail returns the tail of a study's journal, of which nothing has been read yet.
func NewTail(folder string) *Tail {
	return &Tail{folder, 0, journal.NewTail(journalFile(folder))}
}

// Next returns what has come since the last call. After an error, as in journal.Tail, the tail must
// not be used any more, except if the study has no journal yet, which is fs.ErrNotExist.
func (t *Tail) Next() ([]Record, []Aside, error) {
	entries, err := t.Tail.Next()
	if err != nil {
		return nil, nil, err
	}
	t.lines += len(entries)
	return decode(t.folder, t.lines-len(entries), entries)
}

// decode reads the entries after so many lines.
func decode(folder string, lines int, entries []journal.Entry) ([]Record, []Aside, error) {
	records, asides := make([]Record, len(entries)), make([]Aside, len(entries))
	for i, e := range entries {
		at := fmt.Sprintf("%s:%d", journalFile(folder), lines+i+1)
		if err := json.Unmarshal(e.Record, &records[i]); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", at, err)
		}
		if err := json.Unmarshal(e.Aside, &asides[i]); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", at, err)
		}
	}
	return records, asides, nil
}
