package training_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/training"
)

// Train a small model on a text that repeats, and read it back.
func Example() {
	text, heldOut := corpus.Split([]byte(strings.Repeat("row, row, row your boat\n", 100)), 0.1)
	vocabulary, err := corpus.NewVocabulary(corpus.Chars, text, 0)
	check(err)
	symbols, err := vocabulary.Encode(text)
	check(err)
	held, err := vocabulary.Encode(heldOut)
	check(err)

	cell, err := cells.Find("gru")
	check(err)
	o := training.Options{
		Options: language.Options{Hidden: 32, Embed: 8, Layers: 1, Seed: 1},
		Epochs:  3, Batch: 4, Steps: 10, Shards: 2, Rate: 2e-2, Schedule: "cosine", Clip: 1,
	}
	m, err := language.New(cell, vocabulary, o.Options)
	check(err)
	t, err := training.New(m, o, symbols, held)
	check(err)
	dir, err := os.MkdirTemp("", "")
	check(err)
	defer os.RemoveAll(dir)
	folder, err := training.Open(dir, training.Setup{"hidden": "32"})
	check(err)
	defer folder.Close()
	check(t.Run(context.Background(), training.Run{Folder: folder, Every: time.Minute}))

	best, _, err := language.Load(training.ModelFile(dir))
	check(err)
	fmt.Println(t.Best.Epoch, best.Vocabulary.Len(), t.Best.Nats < 0.5)
	// Output: 3 11 true
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
