package completion

import (
	"context"
	"math/rand/v2"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
)

// completion is a completion as it is drawn.
type completion struct {
	*job
	index  int
	after  *prompt
	at     position
	dice   *language.Dice
	text   *language.Text
	logits []float32
	told   *logprobs // of symbols whose text is held back, nil if none are wanted
	starts []int     // of these, in the text
}

// textAfter returns the text that follows a symbol.
func textAfter(v *corpus.Vocabulary, symbol int, stops []string) *language.Text {
	return language.NewText(v, v.Append(nil, symbol), stops)
}

// newCompletion returns the nth completion of a prompt. The random numbers of the first are those
// of lm sample; each further one has others.
func (j *job) newCompletion(index int, nth uint64, p *prompt) (*completion, error) {
	m := j.server.model
	dice, err := language.NewDice(j.draw, m.Vocabulary.Len())
	if err != nil {
		return nil, err
	}
	c := &completion{
		job: j, index: index, after: p, at: p.position, dice: dice,
		text: textAfter(m.Vocabulary, p.symbol, j.stops), logits: make([]float32, m.Vocabulary.Len()),
	}
	if j.logprobs >= 0 {
		c.told = newLogprobs()
	}
	seed := j.draw.Seed
	if p.random != nil && !j.seeded {
		random := *p.random
		if c.at.random = &random; nth == 0 {
			return c, nil
		}
		seed = random.Uint64()
	}
	c.at.random = rand.NewPCG(seed, 1+nth)
	return c, nil
}

// run draws the completion and gives out its pieces.
func (c *completion) run(ctx context.Context, give func(piece)) error {
	session, err := c.server.model.session()
	if err != nil {
		return err
	}
	defer session.Close()
	c.at.state = session.State()
	if err := c.at.state.Gather(c.after.state, []int{0}); err != nil {
		return err
	}
	if c.echo {
		first := c.after.echo
		first.Index = c.index
		if l := first.Logprobs; l != nil { // which the completions of the prompt share
			first.Logprobs = newLogprobs()
			first.Logprobs.append(l)
		}
		give(first)
	}
	random, stopped := rand.New(c.at.random), false
	for n := 0; n < c.maxTokens && !stopped; n++ {
		err := step(ctx, session, c.at.symbol, c.logits)
		if err != nil && context.Cause(ctx) == errStopping {
			break
		} else if err != nil {
			return err
		}
		if stopped = c.add(c.dice.Roll(c.logits, random)); !stopped && n+1 < c.maxTokens {
			if p := c.piece(c.text.Take()); p.Text != "" {
				give(p)
			}
		}
	}
	give(c.last(stopped))
	return nil
}

// add adds a symbol that has been drawn, and reports whether the completion ends with it.
func (c *completion) add(symbol int) (stopped bool) {
	c.at.symbol = symbol
	c.usage.Completion++
	c.server.counts.drawn.Add(1)
	if c.told != nil {
		c.told.add(c.server.model, symbol, c.logits, c.logprobs, c.after.characters+c.text.Characters())
		c.starts = append(c.starts, c.text.End())
	}
	return c.text.Add(symbol)
}

// piece returns the piece of a text that has been taken. A symbol's probability goes with the start of
// its text.
func (c *completion) piece(taken []byte) piece {
	p := piece{Index: c.index, Text: string(taken)}
	if c.told == nil {
		return p
	}
	n := 0
	for n < len(c.starts) && c.starts[n] < c.text.Given() {
		n++
	}
	c.starts = c.starts[n:]
	p.Logprobs, c.told = c.told.cut(n)
	return p
}

// last returns the last piece.
func (c *completion) last(stopped bool) piece {
	p, finish := c.piece(c.text.Rest()), finishLength
	if stopped {
		finish = finishStop
	}
	p.Finish = &finish
	if c.wantsState {
		p.State = c.server.seal.write(c.at)
	}
	return p
}
