// Package completion serves a language model over HTTP: OpenAI's completions, with the model's
// recurrent state as an extension, and a page to try it.
//
//	s, err := completion.New(model, completion.Options{Sessions: 64, Queue: 256, MaxTokens: 4096})
//	err = s.Serve(ctx, listener) // until ctx ends
//
// Steps of the completions that run at the same time are gathered into batches. What a completion
// draws follows from its seed, its prompt and the model alone, whatever else runs.
//
//	POST /v1/completions    the next symbols of a text; with "stream": true, as they are drawn
//	GET  /v1/models         the model's name
//	GET  /healthz           200 while requests are accepted
//	GET  /props             what the model is made of, and the limits
//	GET  /metrics           counts and times, in Prometheus' text format
//	GET  /                  the page
//
// A completion with "state": true returns the recurrent state after its last symbol, as text. A
// later one with that text as its "state" continues there: its prompt is only what is new, and it
// costs nothing to have the text before it again. It returns the next state too.
package completion

import (
	"fmt"
	"time"
)

// Options are a server's limits. Messages name the flags that set them.
type Options struct {
	Name      string        // of the model
	Version   string        // of the program
	Sessions  int           // completions that run at the same time
	Queue     int           // requests that wait for one of these to end
	MaxTokens int           // symbols that the completions of a request draw, at most
	MaxPrompt int           // bytes of a request's prompts, at most
	Half      bool          // whether layers have half-precision weights
	Key       string        // that requests must have, "" for none
	AnyHost   bool          // whether requests may name any host, not just this machine as itself
	Wait      time.Duration // for further steps of a batch
	Timeout   time.Duration // of reading a request, and of writing a part of an answer
}

// Defaults returns the options of a server for one machine.
func Defaults() Options {
	return Options{
		Sessions: 64, Queue: 256, MaxTokens: 4096, MaxPrompt: 1 << 16,
		Wait: 500 * time.Microsecond, Timeout: 10 * time.Second,
	}
}

// Check returns an error if a value is out of range.
func (o Options) Check() error {
	for _, n := range []struct {
		flag               string
		value, least, most int
	}{
		{"sessions", o.Sessions, 1, 4096},
		{"queue", o.Queue, 0, 1 << 20},
		{"maxtokens", o.MaxTokens, 1, 1 << 20},
		{"maxprompt", o.MaxPrompt, 1, 1 << 26},
	} {
		if n.value < n.least || n.value > n.most {
			return fmt.Errorf("-%s is %d, want a number from %d to %d", n.flag, n.value, n.least, n.most)
		}
	}
	if o.Wait < 0 || o.Wait > time.Second {
		return fmt.Errorf("-wait is %v, want a time from 0s to 1s", o.Wait)
	}
	if o.Timeout < 10*time.Millisecond {
		return fmt.Errorf("-timeout is %v, want at least 10ms", o.Timeout)
	}
	return nil
}

// maxBody returns how many bytes the body of a request may have. JSON takes up to six bytes for one
// of a prompt, and there are other fields.
func (s *Server) maxBody() int64 {
	return int64(6*s.options.MaxPrompt + s.seal.length() + 1<<16)
}
