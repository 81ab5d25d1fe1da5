package work

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// TestInsist counts how often a server is asked, by what it answers.
func TestInsist(t *testing.T) {
	refused := &jetstream.APIError{Code: 500, ErrorCode: 10047}
	full := &jetstream.APIError{Code: 500, ErrorCode: storeFailed}
	for _, c := range []struct {
		answers []error
		want    error
	}{
		{[]error{nil}, nil},
		{[]error{fmt.Errorf("a text: %w", full), fmt.Errorf("tasks: %w", context.DeadlineExceeded), nil}, nil},
		{[]error{refused}, refused},
		{[]error{full, full, full, full, full, full}, full},
	} {
		asked := 0
		err := insist(t.Context(), func(context.Context) error {
			asked++
			return c.answers[asked-1]
		})
		if !errors.Is(err, c.want) || asked != len(c.answers) {
			t.Errorf("the server answers %v: asked %d times, %v", c.answers, asked, err)
		}
	}
}

// TestText hands texts to workers, of several chunks; many under make soak, as many as a study
// may have. A server without the room for one is an error at once.
func TestText(t *testing.T) {
	url := external(t).ClientURL()
	for _, size := range []int{len(sample), 1 << 20, cases(3<<20, 1<<28)} {
		text := bytes.Repeat(sample, size/len(sample)+1)[:size]
		q := queue(t, url)
		q.Study, q.Text, q.Setup.Text = "text", text, child.Digest(text)
		got := make(chan []byte, 1)
		ctx, end := context.WithCancel(t.Context())
		w := &Worker{Conn: dial(t, url), Workers: 1, Prepare: func(_ child.Setup, text func() ([]byte, error)) (Trainer, error) {
			b, err := text()
			if err != nil {
				t.Log(err) // the worker asks again
				return nil, err
			}
			got <- b
			return fake{}, nil
		}}
		ended := make(chan error)
		go func() { ended <- w.Run(ctx) }()
		counted(t, q, tasks(1))
		if !bytes.Equal(<-got, text) {
			t.Errorf("a text of %d bytes is another", size)
		}
		end()
		<-ended
		if err := q.End(t.Context()); err != nil {
			t.Error(err)
		}
	}

	small := externalOptions(t.TempDir(), 0)
	small.JetStreamMaxStore = 1 << 20
	s, err := startServer(small)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Shutdown()
	q := queue(t, s.ClientURL())
	q.Text = bytes.Repeat(sample, 1000)
	err = q.Train(t.Context(), tasks(1), func(int, study.Report) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "handing the text of 4080000 bytes to the server: ") {
		t.Errorf("error is %v", err)
	}
	t.Log(err)
}
