package study

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/journal"
)

// TestAnotherProgram goes on with a journal that this program would have written otherwise.
func TestAnotherProgram(t *testing.T) {
	folder, _, _ := whole(t, config(AtRandom), 1)
	entries, err := journal.Read(journalFile(folder))
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(journalFile(folder))
	j, _, err := journal.Open(journalFile(folder))
	if err != nil {
		t.Fatal(err)
	}
	var r Record
	if err := json.Unmarshal(entries[3].Record, &r); err != nil {
		t.Fatal(err)
	}
	r.Trial.Choices[0] ^= 1
	if entries[3], err = journal.NewEntry(r, nil); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(j.Append(entries...), j.Close()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(journalFile(folder))
	if err != nil {
		t.Fatal(err)
	}
	err = goOn(t, folder, &fake{order: rand.New(rand.NewPCG(1, 1)), left: -1})
	if err == nil || !strings.Contains(err.Error(), "has changed since the study began") {
		t.Errorf("the error is %v", err)
	}
	if after, err := os.ReadFile(journalFile(folder)); err != nil || string(after) != string(before) {
		t.Errorf("the journal has changed, or %v", err)
	}
}

// TestFolders are what a folder may have before a study is made in it.
func TestFolders(t *testing.T) {
	c := config(AtRandom)
	folder := create(t, c)
	if err := Create(folder, c, text); err != nil {
		t.Errorf("the same study again: %v", err)
	}
	other := c
	other.Child.Seed = 7
	if err := Create(folder, other, text); err == nil || !strings.Contains(err.Error(), `"seed": 7`) {
		t.Errorf("another seed: %v", err)
	}
	if err := Create(folder, c, append(text, 'x')); err == nil || !strings.Contains(err.Error(), `"text"`) {
		t.Errorf("another text: %v", err)
	}
	s, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(folder); !errors.Is(err, journal.ErrInUse) {
		t.Errorf("open twice: %v", err)
	}
	s.Close()
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is not a study") {
		t.Errorf("an empty folder: %v", err)
	}
	if err := os.WriteFile(textFile(folder), []byte("other"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(folder); err == nil || !strings.Contains(err.Error(), "SHA-256") {
		t.Errorf("another text in the folder: %v", err)
	}
}

// TestCreateAtOnce makes studies of different seeds in one folder at the same time, and of different
// texts. One of them is there in the end, whole, and the others have errors.
func TestCreateAtOnce(t *testing.T) {
	for round := range 40 {
		folder := filepath.Join(t.TempDir(), "study")
		made := make([]error, 8)
		var all sync.WaitGroup
		for i := range made {
			all.Go(func() {
				c, text := config(AtRandom), bytes.Clone(text)
				c.Child.Seed = uint64(i)
				if round%2 == 0 {
					text = append(text, byte('a'+i))
				}
				made[i] = Create(folder, c, text)
			})
		}
		all.Wait()
		s, err := Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		for i, err := range made {
			if own := s.Child.Seed == uint64(i); own != (err == nil) {
				t.Errorf("the study is %t of process %d, whose error is %v", own, i, err)
			}
		}
		s.Close()
		if err := fill(folder, []byte("{}"), s.Text); err == nil || !strings.Contains(err.Error(), "has another study") {
			t.Errorf("one that was made before the lock was free: %v", err)
		}
	}
}
