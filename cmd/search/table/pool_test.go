package table

import (
	"path/filepath"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/runtime"
)

// TestStudyOnATable runs a study whose results are the table's.
func TestStudyOnATable(t *testing.T) {
	text := []byte("text that nobody reads")
	table := planted(t)
	table.Setup.Text, table.Setup.Backend, table.Setup.Rungs = child.Digest(text), runtime.Backends()[0], []int{800}
	c := study.Default()
	c.Strategy, c.Trials, c.Child = study.AtRandom, 50, table.Setup
	c.Child.Seed = 5 // another seed proposes other cells of the same table
	folder := filepath.Join(t.TempDir(), "study")
	if err := study.Create(folder, c, text); err != nil {
		t.Fatal(err)
	}
	s, err := study.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p, err := NewPool(table)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(s.Child); err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	records, _, err := study.Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	l, err := table.Lookup()
	if err != nil {
		t.Fatal(err)
	}
	runs := 0
	for _, r := range records {
		if r.Run == nil {
			continue
		}
		runs++
		if _, loss := l.Loss(r.Run.Choices); r.Run.Outcome == child.Trained && r.Run.Loss != loss || (r.Run.Choices[0] == 1) != (r.Run.Outcome == child.Diverged) {
			t.Errorf("%+v; the table has %v", r.Run, loss)
		}
	}
	if runs == 0 {
		t.Error("nothing has been trained")
	}
	c.Child.Rates = []float64{1}
	if p.Check(c.Child) == nil {
		t.Error("a study with other rates takes the table")
	}
}
