package completion

import (
	"context"
	"net/http"
	"time"
)

// answer is the answer to a request or, of a stream, a part of it.
type answer struct {
	ID          string  `json:"id"`
	Object      string  `json:"object"`
	Created     int64   `json:"created"`
	Model       string  `json:"model"`
	Fingerprint string  `json:"system_fingerprint"`
	Choices     []piece `json:"choices"`
	Usage       *usage  `json:"usage,omitempty"`
}

func (s *Server) newAnswer() *answer {
	return &answer{
		ID: s.newID(), Object: "text_completion", Created: time.Now().Unix(), Model: s.options.Name,
		Fingerprint: s.fingerprint, Choices: []piece{},
	}
}

// whole answers with all completions at once.
func (j *job) whole(ctx context.Context, w http.ResponseWriter) error {
	a := j.server.newAnswer()
	if err := j.run(ctx, a.add); err != nil {
		return err
	}
	a.Usage = j.total()
	if err := j.server.deadline(w); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, a)
	return nil
}

// add adds a piece to its completion. Pieces come in order.
func (a *answer) add(p piece) {
	if p.Index == len(a.Choices) {
		a.Choices = append(a.Choices, p)
		return
	}
	c := &a.Choices[p.Index]
	c.Text += p.Text
	c.Finish, c.State = p.Finish, p.State
	if p.Logprobs != nil {
		c.Logprobs.append(p.Logprobs)
	}
}

func (j *job) total() *usage {
	j.usage.Total = j.usage.Prompt + j.usage.Completion
	return &j.usage
}

// deadline sets the time in which a part of the answer must be written.
func (s *Server) deadline(w http.ResponseWriter) error {
	return http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.options.Timeout))
}

// event returns a server-sent event.
func event(v any) []byte {
	return append(append([]byte("data: "), jsonOf(v)...), "\n\n"...)
}
