package completion

import (
	"context"
	"net/http"
	"unicode/utf8"
)

// piece is a part of a completion. The last has a reason why the completion ends.
type piece struct {
	Index    int       `json:"index"`
	Text     string    `json:"text"`
	Logprobs *logprobs `json:"logprobs"`
	Finish   *string   `json:"finish_reason"`
	State    string    `json:"state,omitempty"`
}

// The reasons why a completion ends. One that the server's own end cuts short has length, too: it
// goes on from its state.
const (
	finishStop   = "stop"   // a stop string
	finishLength = "length" // max_tokens
)

// errStopping ends what runs when the server must end.
var errStopping error = failf(http.StatusServiceUnavailable, "stopping", "the server stops")

// usage counts symbols.
type usage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
}

// job is a request with its prompts as symbols.
type job struct {
	*request
	server *Server
	start  position // before the prompts
	begun  bool     // whether start is after other text, rather than at the start of a line
	texts  [][]int  // the prompts
	usage  usage
}

// run draws all completions, one after another, and gives out pieces of them.
func (j *job) run(ctx context.Context, give func(piece)) error {
	for p := range j.texts {
		after, err := j.readPrompt(ctx, p)
		if err != nil {
			return err
		}
		for nth := range j.n {
			c, err := j.newCompletion(p*j.n+nth, uint64(nth), after)
			if err == nil {
				err = c.run(ctx, give)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// prompt is a prompt that has been read.
type prompt struct {
	position
	echo       piece
	characters int
}

// readPrompt goes from the start of the job to the end of a prompt. A prompt at the start of a text
// is read as it is: nothing foretells its first symbol.
func (j *job) readPrompt(ctx context.Context, index int) (*prompt, error) {
	symbols, foretold := j.texts[index], j.begun || len(j.texts[index]) == 0
	p := &prompt{position: j.start, characters: utf8.RuneCountInString(j.prompts[index])}
	p.state = j.start.state.Clone()
	if j.echo {
		p.echo.Text = j.prompts[index]
	}
	if foretold {
		symbols = append([]int{j.start.symbol}, symbols...)
	}
	last := len(symbols) - 1
	p.symbol = symbols[last]
	err := j.server.model.read(ctx, p.state, symbols[:last], j.echoed(p, symbols, foretold))
	j.usage.Prompt += len(j.texts[index])
	j.server.counts.prompt.Add(int64(len(j.texts[index])))
	return p, err
}

// echoed returns what to do with the logits after each symbol: nothing, unless the probabilities of
// the prompt are wanted.
func (j *job) echoed(p *prompt, symbols []int, foretold bool) func(int, []float32) {
	if !j.echo || j.logprobs < 0 {
		return nil
	}
	m, t := j.server.model, textAfter(j.server.model.Vocabulary, symbols[0], nil)
	p.echo.Logprobs = newLogprobs()
	if !foretold {
		t = textAfter(m.Vocabulary, j.start.symbol, nil)
		p.echo.Logprobs.add(m, symbols[0], nil, 0, 0)
		t.Add(symbols[0])
	}
	return func(i int, logits []float32) {
		p.echo.Logprobs.add(m, symbols[i+1], logits, j.logprobs, t.Characters())
		t.Add(symbols[i+1])
	}
}
