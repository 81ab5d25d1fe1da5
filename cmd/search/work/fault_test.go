package work

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/journal"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// failing trains with errors, so many a task.
type failing struct {
	errors int64
	count  atomic.Int64
}

func (f *failing) Train(_ context.Context, t child.Task) (child.Result, error) {
	if f.count.Add(1) <= f.errors {
		return child.Result{}, errors.New("the ink is dry")
	}
	return fakeResult(t), nil
}

// TestErrors trains a task with errors: a few are overcome, more end the study, and say why.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		errors int64
		want   string
	}{
		{mostErrors - 1, ""},
		{mostErrors, `training {"choices":[1],"rung":0,"rate":0,"seed":0} failed 3 times, the last time on ` + name() + `: the ink is dry`},
	} {
		url := external(t).ClientURL()
		q := queue(t, url)
		employ(t, &Worker{Conn: dial(t, url), Workers: 1, Prepare: prepared(&failing{errors: c.errors})})
		if c.want == "" {
			counted(t, q, tasks(1))
			continue
		}
		ctx, cancel := context.WithTimeout(t.Context(), hang(t))
		defer cancel()
		err := q.Train(ctx, tasks(1), func(int, study.Report) error { return nil })
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v", err)
		}
	}
}

// thief takes so many deliveries of tasks, and never answers.
func thief(t *testing.T, q *Queue, deliveries int) {
	t.Helper()
	js, err := jetstream.New(dial(t, q.Conn.ConnectedUrl()))
	if err != nil {
		t.Fatal(err)
	}
	for taken := 0; taken < deliveries; {
		c, err := js.Consumer(t.Context(), names(q.Study).bucket(), consumer)
		if err != nil {
			time.Sleep(10 * time.Millisecond) // it is not there yet
			continue
		}
		if _, err := c.Next(jetstream.FetchMaxWait(time.Second)); err == nil {
			taken++
		}
	}
}

// TestDeliveriesUsedUp has workers die with a task as often as it is handed out. It is published
// again.
func TestDeliveriesUsedUp(t *testing.T) {
	url := external(t).ClientURL()
	q := queue(t, url)
	q.Deliveries = 2
	ended := make(chan error)
	go func() { ended <- q.Train(t.Context(), tasks(1), func(int, study.Report) error { return nil }) }()
	thief(t, q, 3)
	employ(t, &Worker{Conn: dial(t, url), Workers: 1, Prepare: prepared(fake{})})
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// TestEndsWorkers has a task that ends every worker. In the end it ends the study, which says so.
func TestEndsWorkers(t *testing.T) {
	q := queue(t, external(t).ClientURL())
	q.Deliveries, q.Most = 2, 4
	ctx, cancel := context.WithTimeout(t.Context(), hang(t))
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- q.Train(ctx, tasks(1), func(int, study.Report) error { return nil }) }()
	js, err := jetstream.New(dial(t, q.Conn.ConnectedUrl()))
	if err != nil {
		t.Fatal(err)
	}
	for {
		select {
		case err := <-ended:
			if err == nil || !strings.Contains(err.Error(), `training {"choices":[1],"rung":0,"rate":0,"seed":0} was handed out`) {
				t.Errorf("error is %v", err)
			}
			return
		default: // a worker takes the task, and ends
			if c, err := js.Consumer(ctx, names(q.Study).bucket(), consumer); err == nil {
				_, _ = c.Next(jetstream.FetchMaxWait(50 * time.Millisecond))
			}
		}
	}
}

// TestDeliveriesUsedUpUnheard does so while no coordinator hears of it. The next one finds out.
func TestDeliveriesUsedUpUnheard(t *testing.T) {
	url := external(t).ClientURL()
	q := queue(t, url)
	q.Deliveries = 2
	ctx, die := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- q.Train(ctx, tasks(1), func(int, study.Report) error { return nil }) }()
	thief(t, q, 1)
	die()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	thief(t, q, 1)
	js, err := jetstream.New(q.Conn)
	if err != nil {
		t.Fatal(err)
	}
	for { // until the server has told nobody
		c, err := js.Consumer(t.Context(), names(q.Study).bucket(), consumer)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Next(jetstream.FetchMaxWait(10 * time.Millisecond))
		if err == nil {
			t.Fatal("a third delivery of 2")
		}
		if info, err := c.Info(t.Context()); err == nil && info.NumAckPending == 0 {
			break
		}
	}
	employ(t, &Worker{Conn: dial(t, url), Workers: 1, Prepare: prepared(fake{})})
	next := queue(t, url)
	next.Deliveries = 2
	counted(t, next, tasks(1))
}

// TestClockJump has a server that does not notice that a worker is gone, as one whose clock was
// put back does. The coordinator, which goes by no clock that can be, does.
func TestClockJump(t *testing.T) {
	url := external(t).ClientURL()
	q := queue(t, url)
	q.AckWait = 50 * time.Millisecond
	js, err := jetstream.New(dial(t, url))
	if err != nil {
		t.Fatal(err)
	}
	w := &Worker{Conn: dial(t, url), Workers: 1, Prepare: prepared(fake{})}
	go func() {
		var m jetstream.Msg
		for m == nil {
			if c, err := js.Consumer(t.Context(), names(q.Study).bucket(), consumer); err == nil {
				m, _ = c.Next(jetstream.FetchMaxWait(100 * time.Millisecond)) // or it is not there yet
			}
		}
		go func() { _ = w.Run(t.Context()) }() // until the test ends
		for t.Context().Err() == nil {
			_ = m.InProgress()
			time.Sleep(10 * time.Millisecond)
		}
	}()
	counted(t, q, tasks(1))
}

// TestTimeRunsBackwards goes on with a journal whose times run backwards, and through all years.
func TestTimeRunsBackwards(t *testing.T) {
	c := config(12)
	want := expected(t, c, fake{})
	folder := create(t, c)
	s, err := study.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	if err := s.Run(t.Context(), &until{Local{Trainer: fake{}, Workers: 1}, 20, enough}); !errors.Is(err, enough) {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "journal.jsonl")
	entries, err := journal.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	j, _, err := journal.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		at := time.Date(9000-i*100, 1, 1, 0, 0, 0, 0, time.UTC)
		if e.Aside, err = json.Marshal(study.Aside{At: at, Seconds: -1}); err == nil {
			err = j.Append(e)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	run(t, folder, Local{Trainer: fake{}, Workers: 1})
	compare(t, folder, want)
}

// until is a pool that fails after so many results.
type until struct {
	Local
	left int
	err  error
}

func (u *until) Train(ctx context.Context, tasks []child.Task, done func(int, study.Report) error) error {
	return u.Local.Train(ctx, tasks, func(i int, r study.Report) error {
		if u.left--; u.left < 0 {
			return u.err
		}
		return done(i, r)
	})
}

// TestServerForgets ends the server of a study, more than once, and starts another one in its
// place that knows nothing.
func TestServerForgets(t *testing.T) {
	c := config(cases(18, 60))
	want := expected(t, c, fake{})
	folder := create(t, c)
	o := externalOptions(t.TempDir(), 0)
	s, err := startServer(o)
	if err != nil {
		t.Fatal(err)
	}
	url := s.ClientURL()
	ends := make(chan bool)
	var trained atomic.Int64
	for range 2 {
		employ(t, &Worker{Conn: dial(t, url), Workers: 1, Prepare: prepared(counting{fake{delay: 10 * time.Millisecond}, &trained})})
	}
	go func() {
		defer close(ends)
		for range cases(2, 10) {
			for n := trained.Load(); trained.Load() < n+10; {
				time.Sleep(time.Millisecond)
			}
			s.Shutdown()
			s.WaitForShutdown()
			next := externalOptions(t.TempDir(), o.Port)
			if s, err = startServer(next); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	runQueue(t, folder, url)
	<-ends
	compare(t, folder, want)
	s.Shutdown()
}

// counting counts trainings.
type counting struct {
	fake
	count *atomic.Int64
}

func (c counting) Train(ctx context.Context, t child.Task) (child.Result, error) {
	c.count.Add(1)
	return c.fake.Train(ctx, t)
}

// runQueue runs a study on the workers who are connected to a server.
func runQueue(t *testing.T, folder, url string) {
	t.Helper()
	s, err := study.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	q := &Queue{Conn: dial(t, url), Study: s.ID(), Setup: s.Child, Text: s.Text, AckWait: 300 * time.Millisecond}
	ctx, cancel := context.WithTimeout(t.Context(), hang(t))
	defer cancel()
	if err := s.Run(ctx, q); err != nil {
		t.Fatal(err)
	}
}
