package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/toolchain"
	"github.com/cellgen/cellgen/cmd/internal/training"
)

// data is the values of the flags that say what the text is.
type data struct {
	text       []string // files
	limit      int      // bytes, 0: all
	valid      string   // a file that is held out
	heldOut    float64  // the fraction that is held out without such a file
	level      string
	vocabulary string // the file whose symbols are the vocabulary
	most       int    // words
}

// flags registers the flags.
func (d *data) flags(f *flag.FlagSet) {
	d.textFlags(f)
	f.StringVar(&d.valid, "valid", "", "the text `file` that is held out, in place of the end of the text")
	f.Float64Var(&d.heldOut, "heldout", 0.1, "`fraction` of the text, at its end, that is held out")
	f.StringVar(&d.level, "level", string(corpus.Bytes), "what the `symbols` of the text are: "+strings.Join(levels(), ", "))
	f.StringVar(&d.vocabulary, "vocabulary", "", "a text `file` whose symbols are the vocabulary, such as a list of words (default the text)")
	f.IntVar(&d.most, "most", 0, "keep this many `words`, the most frequent, and take the others as "+corpus.Unknown+"; 0 for all")
}

// textFlags registers -text and -limit.
func (d *data) textFlags(f *flag.FlagSet) {
	f.Func("text", "a text `file`, - for standard input; several are joined (default Newton's Opticks, from the Go distribution)", func(name string) error {
		d.text = append(d.text, name)
		return nil
	})
	f.IntVar(&d.limit, "limit", 0, fmt.Sprintf("use only this many `bytes` from the start of the text, 0 for all; chars and words end before a character that this cuts; at most %d are read", corpus.MaxText))
}

// check returns an error if a value is out of range.
func (d *data) check() error {
	if _, err := corpus.ParseLevel(d.level); err != nil {
		return fmt.Errorf("-level: %w", err)
	}
	switch {
	case d.limit < 0:
		return fmt.Errorf("-limit is %d, want at least 0", d.limit)
	case d.most < 0 || d.most == 1 || d.most == 2:
		return fmt.Errorf("-most is %d, want 0 or at least 3", d.most)
	case d.most > 0 && d.level != string(corpus.Words):
		return fmt.Errorf("-most is for -level %s, and -level is %s", corpus.Words, d.level)
	case !(d.heldOut >= 0 && d.heldOut < 1):
		return fmt.Errorf("-heldout is %v, want a number from 0 to below 1", d.heldOut)
	}
	return nil
}

// source returns where the text is.
func (d *data) source() (corpus.Text, error) {
	if len(d.text) > 0 {
		return d.in(d.limit, d.text...), nil
	}
	root, err := toolchain.Go{}.Run(context.Background(), "env", "GOROOT")
	if err != nil {
		return corpus.Text{}, fmt.Errorf("finding the default text (choose another with -text): %w", err)
	}
	return d.in(d.limit, filepath.Join(root, "src", "testdata", "Isaac.Newton-Opticks.txt")), nil
}

// in returns the text in some files, up to a limit, as the level reads it.
func (d *data) in(limit int, files ...string) corpus.Text {
	return corpus.Text{Files: files, Limit: limit, UTF8: d.level != string(corpus.Bytes)}
}

// textMemory returns the memory of a text of some bytes, of which reading makes copies and symbols.
func textMemory(bytes int) memory { return 8 * memory(bytes) }

// mostText returns how many bytes of text are read, given the memory that training leaves.
func mostText(left memory) int { return int(min(corpus.MaxText, left/textMemory(1))) }

// readText returns the text, which must have at least 20 bytes.
func (d *data) readText(most int) ([]byte, error) {
	source, err := d.source()
	if err != nil {
		return nil, err
	}
	text, err := source.Read(most)
	if err != nil {
		return nil, err
	}
	if len(text) < 20 {
		name := source.Files[0]
		if name == corpus.Stdin {
			name = "standard input"
		}
		return nil, fmt.Errorf("%s: text of %d bytes is too short, want at least 20", name, len(text))
	}
	return text, nil
}

// texts are the text to train on, and the text that is held out.
type texts struct {
	training, heldOut []byte
	vocabulary        *corpus.Vocabulary
	symbols, held     []int32 // held begins with the symbol before, if there is one
}

// read reads the texts and makes their vocabulary.
func (d *data) read(most int) (*texts, error) {
	text, err := d.readText(most)
	if err != nil {
		return nil, err
	}
	t := &texts{training: text}
	if d.valid != "" {
		t.heldOut, err = d.in(0, d.valid).Read(most)
	} else {
		t.training, t.heldOut = corpus.Split(text, d.heldOut)
	}
	if err == nil {
		t.vocabulary, err = d.newVocabulary(t, most)
	}
	if err == nil {
		t.symbols, err = t.vocabulary.Encode(t.training)
	}
	if err == nil {
		t.held, err = t.vocabulary.Encode(t.heldOut)
	}
	if err != nil {
		return nil, err
	}
	if least := 2; d.valid != "" && len(t.held) < least {
		return nil, fmt.Errorf("%s has %d symbols to validate with, want at least %d", d.valid, len(t.held), least)
	}
	if d.valid == "" && len(t.symbols) > 0 {
		t.held = append(t.symbols[len(t.symbols)-1:len(t.symbols):len(t.symbols)], t.held...)
	}
	return t, nil
}

// newVocabulary returns the symbols of the vocabulary's file or, if there is none, of all text. Of
// words only those that are trained on count: others are not known.
func (d *data) newVocabulary(t *texts, most int) (v *corpus.Vocabulary, err error) {
	text := t.training
	switch {
	case d.vocabulary != "":
		if text, err = d.in(0, d.vocabulary).Read(most); err != nil {
			return nil, fmt.Errorf("the vocabulary: %w", err)
		}
	case d.level != string(corpus.Words):
		text = append(text[:len(text):len(text)], t.heldOut...)
	}
	return corpus.NewVocabulary(corpus.Level(d.level), text, d.most)
}

// setup returns numbers for all that is read of the texts, and what else than -text may have decided
// it.
func (d *data) setup(t *texts) training.Setup {
	h := sha256.New()
	for _, part := range [][]byte{t.training, t.heldOut} {
		sum := sha256.Sum256(part)
		h.Write(sum[:])
	}
	s := training.Setup{"text": hex.EncodeToString(h.Sum(nil)), "text.limit": strconv.Itoa(d.limit), "text.valid": ""}
	if d.valid != "" {
		sum := sha256.Sum256(t.heldOut)
		s["text.valid"] = hex.EncodeToString(sum[:])
	}
	return s
}

// vocabularyDigest returns a number for the vocabulary.
func (t *texts) vocabularyDigest() string {
	text, err := json.Marshal(t.vocabulary)
	if err != nil {
		panic(err) // a vocabulary is numbers or UTF-8
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
