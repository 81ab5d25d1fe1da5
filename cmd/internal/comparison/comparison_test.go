package comparison

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/training"
)

// newStudy returns a study of two cells on a text that repeats.
func newStudy(t *testing.T, folder string) *Study {
	text := []byte(strings.Repeat("row, row, row your boat\n", 60))
	v, err := corpus.NewVocabulary(corpus.Bytes, text, 0)
	if err != nil {
		t.Fatal(err)
	}
	symbols, err := v.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	s := &Study{
		Folder: folder, Parameters: 2000, Rates: []float64{1e-3, 3e-2, 3e38}, Seeds: 2, Vocabulary: v,
		Options: training.Options{
			Options: language.Options{Embed: 8, Layers: 1}, Epochs: 2, Batch: 4, Steps: 10, Shards: 1,
			Schedule: training.Schedules[0], Clip: 1,
		},
		Setup: training.Setup{"text": "boat"},
		Text:  Text{symbols[:1200], symbols[1199:1300], symbols[1299:]},
	}
	for _, name := range []string{"gru", "lstm"} {
		cell, err := cells.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		s.Cells = append(s.Cells, cell)
	}
	return s
}

// TestStudy expects models that fit, the best rate, and the same from a study that was interrupted
// after each trial in turn.
func TestStudy(t *testing.T) {
	quiet := func(*Result) error { return nil }
	whole, err := newStudy(t, t.TempDir()).Run(context.Background(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range whole {
		if r.Parameters > 2000 || r.Parameters < 1700 || r.Rate != 3e-2 || len(r.Tried) != 3 || len(r.Test) != 2 {
			t.Errorf("%+v", r)
		}
		if last := r.Tried[2]; last.Diverged == "" || !math.IsInf(last.Loss(), 1) {
			t.Errorf("a rate of 3e38: %+v", last)
		}
		if b := r.Bits(); !(b.Mean > 0 && b.Mean < 4) || !(b.Margin > 0) {
			t.Errorf("bits %v", b)
		}
	}
	folder, stop := t.TempDir(), errors.New("stop")
	var rows []*Row
	for run := 1; rows == nil; run++ {
		done := 0
		rows, err = newStudy(t, folder).Run(context.Background(), func(*Result) error {
			if done++; done == run {
				return stop
			}
			return nil
		})
		if err != nil && !errors.Is(err, stop) || run > 9 {
			t.Fatal(run, err)
		}
	}
	for i, r := range rows {
		if !reflect.DeepEqual(r.Test, whole[i].Test) {
			t.Errorf("%s: %v, interrupted %v", r.Cell, whole[i].Test, r.Test)
		}
	}
	var table bytes.Buffer
	if err := Write(&table, rows); err != nil || strings.Count(table.String(), "\n") != 3 {
		t.Errorf("error %v\n%s", err, &table)
	}
	if picture, err := Picture(rows); err != nil || !bytes.Contains(picture, []byte("<svg")) {
		t.Errorf("error %v", err)
	}
}

// TestOtherStudy expects an error of a folder that has a study of another text.
func TestOtherStudy(t *testing.T) {
	folder := t.TempDir()
	s := newStudy(t, folder)
	r, err := s.train(context.Background(), s.Cells[0], Trial{"gru", 8, 1e-2, 1})
	if err != nil || r.Parameters == 0 {
		t.Fatal(err)
	}
	trial, quiet := Trial{"lstm", 8, 1e-2, 1}, func(*Result) error { return nil }
	for range 2 {
		if _, err := s.trial(context.Background(), s.Cells[1], trial, quiet); err != nil {
			t.Fatal(err)
		}
	}
	s.Setup["text"] = "another"
	if _, err := s.trial(context.Background(), s.Cells[1], trial, quiet); err == nil || !strings.Contains(err.Error(), "result.json is of another run: -text is another") {
		t.Errorf("a result of another text: %v", err)
	}
	if _, err := s.train(context.Background(), s.Cells[0], Trial{"gru", 8, 1e-2, 1}); err == nil {
		t.Error("no error")
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 2 {
		t.Errorf("%v, error %v", entries, err)
	}
}

// TestInterval compares with 95 % of Student's t for two degrees of freedom, 4.303, by hand.
func TestInterval(t *testing.T) {
	got := intervalOf([]float64{1, 2, 3})
	if math.Abs(got.Mean-2) > 1e-12 || math.Abs(got.Margin-4.302653/math.Sqrt(3)) > 1e-6 {
		t.Errorf("%v", got)
	}
	a, b := &Row{Test: []float64{math.Ln2, 2 * math.Ln2}}, &Row{Test: []float64{0, math.Ln2}}
	if d := a.Behind(b); math.Abs(d.Mean-1) > 1e-12 || d.Margin > 1e-12 {
		t.Errorf("pairs: %v", d)
	}
	if one := intervalOf([]float64{1}); !math.IsInf(one.Margin, 1) {
		t.Errorf("one value: %v", one)
	}
}
