package summary

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// columns are the columns of a CSV file, a row of which is a training.
var columns = []struct {
	name  string
	value func(r *Run, first string) string
}{
	{"cell", func(r *Run, _ string) string { return r.Cell }},
	{"trial", func(_ *Run, first string) string { return first }}, // that proposed the cell first
	{"rung", func(r *Run, _ string) string { return strconv.Itoa(r.Rung) }},
	{"rate", func(r *Run, _ string) string { return number(r.Rate) }},
	{"seed", func(r *Run, _ string) string { return strconv.FormatUint(r.Seed, 10) }},
	{"outcome", func(r *Run, _ string) string { return string(r.Outcome) }},
	{"loss", func(r *Run, _ string) string { return r.trained(r.Loss) }},
	{"bits", func(r *Run, _ string) string { return r.trained(Bits(r.Loss)) }},
	{"update", func(r *Run, _ string) string { return strconv.Itoa(r.Update) }},
	{"units", func(r *Run, _ string) string { return strconv.Itoa(r.Hidden) }},
	{"parameters", func(r *Run, _ string) string { return strconv.Itoa(r.Parameters) }},
	{"seconds", func(r *Run, _ string) string { return number(r.Seconds) }},
	{"worker", func(r *Run, _ string) string { return r.Worker }},
	{"at", func(r *Run, _ string) string { return r.At.Format(time.RFC3339Nano) }},
	{"choices", func(r *Run, _ string) string { return strings.Trim(fmt.Sprint(r.Choices), "[]") }},
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// trained returns a number that only a child that was trained to the end has.
func (r *Run) trained(x float64) string {
	if r.Outcome != child.Trained {
		return ""
	}
	return number(x)
}

// WriteCSV writes all trainings, in the journal's order, under a row of names.
func (s *Summary) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	row := make([]string, len(columns))
	for i, column := range columns {
		row[i] = column.name
	}
	if err := c.Write(row); err != nil {
		return err
	}
	for _, r := range s.Runs {
		first := ""
		if cell := s.cells[r.Cell]; cell != nil {
			first = strconv.Itoa(cell.First)
		}
		for i, column := range columns {
			row[i] = column.value(r, first)
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// line is a line of WriteJSON: one of its fields is set.
type line struct {
	Study *study.Config `json:"study,omitempty"`
	Start *study.Start  `json:"start,omitempty"`
	Trial *study.Trial  `json:"trial,omitempty"`
	Run   *Run          `json:"run,omitempty"`
	Batch *Batch        `json:"batch,omitempty"`
}

// WriteJSON writes all that a study has as lines of JSON: the configuration, the starts, and then
// trials, trainings and batches.
func (s *Summary) WriteJSON(w io.Writer) error {
	lines := []line{{Study: &s.Config}}
	for i := range s.Starts {
		lines = append(lines, line{Start: &s.Starts[i]})
	}
	for i := range s.Trials {
		lines = append(lines, line{Trial: &s.Trials[i]})
	}
	for _, r := range s.Runs {
		lines = append(lines, line{Run: r})
	}
	for i := range s.Batches {
		lines = append(lines, line{Batch: &s.Batches[i]})
	}
	e := json.NewEncoder(w)
	for _, l := range lines {
		if err := e.Encode(l); err != nil {
			return err
		}
	}
	return nil
}
