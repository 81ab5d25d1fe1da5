package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/internal/training"
)

// evalConfig is the values of lm eval's flags.
type evalConfig struct {
	data
	saved
}

func (c *evalConfig) flags() *flag.FlagSet {
	f := flag.NewFlagSet("eval", flag.ContinueOnError)
	c.saved.flags(f)
	c.textFlags(f)
	f.Float64Var(&c.heldOut, "heldout", 0, "evaluate only this `fraction` of the text, at its end; 0 for all")
	return f
}

// eval runs the command lm eval.
func eval(args []string, stdout, stderr io.Writer) error {
	c := &evalConfig{data: data{level: string(corpus.Bytes)}}
	if err := parse(c.flags(), args, stdout); err != nil {
		return err
	}
	if err := errors.Join(c.check(), checkRun(c.run)); err != nil {
		return usagef("%v", err)
	}
	const where = "before the whole text was read"
	m, err := c.load(where, stderr, c.worth)
	if err != nil {
		return err
	}
	ctx, stop := process.Interruptible(where)
	defer stop()
	c.level = string(m.Vocabulary.Level())
	text, err := await(ctx, func() ([]byte, error) { return c.readText(corpus.MaxText) })
	if err != nil {
		return err
	}
	r, err := evaluate(ctx, m, text, c.heldOut)
	if err != nil {
		return err
	}
	return r.print(stdout)
}

// worth returns how long the evaluation takes.
func (c *evalConfig) worth(m *language.Model) (seconds float64, long string, err error) {
	size, known, err := c.textSize()
	if err != nil || !known {
		return 0, unknownText, err
	}
	e, err := m.NewEvaluator(training.EvaluationSteps)
	if err != nil {
		return 0, "", err
	}
	took := timed(func() { _, _ = e.Nats(context.Background(), make([]int32, training.EvaluationSteps+1)) })
	if c.heldOut > 0 {
		size = int(float64(size) * c.heldOut)
	}
	return took * float64(size) / training.EvaluationSteps, "", nil
}

// result is how well a model predicts a text.
type result struct {
	level   corpus.Level
	symbols int           // predicted
	counts  corpus.Counts // of the predicted text
	nats    float64       // of all symbols
	unknown int           // predicted words that are known only as unknown
}

// evaluate predicts each symbol of the last part of a text, except the text's first, from all
// symbols of the part before it, and from the symbol before the part.
func evaluate(ctx context.Context, m *language.Model, text []byte, heldOut float64) (*result, error) {
	before, part := []byte(nil), text
	if heldOut > 0 {
		before, part = corpus.Split(text, heldOut)
	}
	symbols, err := m.Vocabulary.Encode(part)
	if err != nil {
		return nil, err
	}
	r := &result{level: m.Vocabulary.Level(), counts: corpus.Count(part)}
	if len(before) > 0 {
		context, err := m.Vocabulary.Encode(before)
		if err != nil {
			return nil, err
		}
		symbols = append(context[len(context)-1:], symbols...)
	} else if len(symbols) > 0 {
		first := corpus.Count(m.Vocabulary.Append(nil, int(symbols[0])))
		r.counts.Bytes -= first.Bytes
		r.counts.Chars -= first.Chars
	}
	if r.symbols = len(symbols) - 1; r.symbols < 1 {
		return nil, errors.New("the text has one symbol, want at least two: each is predicted from those before it")
	}
	if number, ok := m.Vocabulary.Number(corpus.Unknown); ok && r.level == corpus.Words {
		for _, symbol := range symbols[1:] {
			if int(symbol) == number {
				r.unknown++
			}
		}
	}
	e, err := m.NewEvaluator(training.EvaluationSteps)
	if err != nil {
		return nil, err
	}
	r.nats, err = e.Nats(ctx, symbols)
	return r, err
}

// print prints the losses per unit of text. To predict that a word is unknown is not to predict its
// bytes: then there are none per byte and per character.
func (r *result) print(w io.Writer) error {
	words := r.counts.Words
	if r.level == corpus.Words {
		words = r.symbols // the first is not predicted
	}
	bits := r.nats / math.Ln2
	perByte := fmt.Sprintf("%.4f bits per byte\n%.4f bits per character\n%.4f nats per character\n",
		bits/float64(r.counts.Bytes), bits/float64(r.counts.Chars), r.nats/float64(r.counts.Chars))
	if r.unknown > 0 {
		perByte = fmt.Sprintf("%d of the words are predicted as %s, without their characters: nothing is said per byte and per character\n",
			r.unknown, corpus.Unknown)
	}
	_, err := fmt.Fprintf(w, "%d %s predicted: %d bytes, %d characters, %d words and ends of lines\n%.4f nats per symbol\n%s%.2f perplexity per word\n",
		r.symbols, r.level, r.counts.Bytes, r.counts.Chars, words, r.nats/float64(r.symbols), perByte, math.Exp(r.nats/float64(words)))
	return err
}
