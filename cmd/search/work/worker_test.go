package work

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// prepareOnly makes the parts of a queue's study on the server, and publishes a task.
func prepareOnly(t *testing.T, q *Queue) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- q.Train(ctx, tasks(1), func(int, study.Report) error { return nil }) }()
	for waiting(t, q).NumPending == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-ended
}

// waiting returns what the server says of a study's tasks.
func waiting(t *testing.T, q *Queue) jetstream.ConsumerInfo {
	t.Helper()
	js, err := jetstream.New(q.Conn)
	if err != nil {
		t.Fatal(err)
	}
	c, err := js.Consumer(t.Context(), names(q.Study).bucket(), consumer)
	if err != nil {
		return jetstream.ConsumerInfo{} // not there yet
	}
	return *c.CachedInfo()
}

// TestRefusals has workers who cannot work for a study: they say why, and take none of its tasks.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		change func(q *Queue)
		want   string
	}{
		{func(q *Queue) { q.Setup.Backend = "abacus" }, "this worker cannot work for study 0123: the study computes with the backend abacus, and this machine has ["},
		{func(q *Queue) { q.Text = q.Text[1:] }, "this worker cannot work for study 0123: the text has SHA-256 "},
	} {
		url := external(t).ClientURL()
		q := queue(t, url)
		c.change(q)
		prepareOnly(t, q)
		pinned := &Worker{Conn: dial(t, url), Study: q.Study, Workers: 1}
		if err := pinned.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error is %v, want %s", err, c.want)
		}
		said := make(chan string, 9)
		employ(t, &Worker{Conn: dial(t, url), Workers: 1, Log: func(s string) { said <- s }})
		if s := <-said; !strings.HasPrefix(s, c.want) {
			t.Errorf("a worker says %s, want %s", s, c.want)
		}
		if info := waiting(t, q); info.NumPending != 1 || info.Delivered.Stream != 0 {
			t.Errorf("the server has %d tasks, and handed out %d", info.NumPending, info.Delivered.Stream)
		}
	}
}

// TestOtherProtocol has a study of another version of the protocol.
func TestOtherProtocol(t *testing.T) {
	o := offer{Protocol: protocol + 1, Setup: config(1).Child}
	if err := o.check(); err == nil || !strings.Contains(err.Error(), "use programs of one version") {
		t.Errorf("error is %v", err)
	}
}

// TestGivesBack ends workers who train: their tasks are in the queue at once.
func TestGivesBack(t *testing.T) {
	url := external(t).ClientURL()
	q := queue(t, url)
	q.AckWait = time.Hour
	prepareOnly(t, q)
	ctx, end := context.WithCancelCause(t.Context())
	w := &Worker{Conn: dial(t, url), Workers: 1, Prepare: prepared(holding{0, nil})}
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	for waiting(t, q).NumAckPending == 0 {
		time.Sleep(time.Millisecond)
	}
	cause := errors.New("the day is over")
	end(cause)
	if err := <-ended; err != cause {
		t.Errorf("error is %v", err)
	}
	next := queue(t, url)
	employ(t, &Worker{Conn: dial(t, url), Workers: 1, Prepare: prepared(fake{})})
	next.AckWait = time.Hour
	counted(t, next, tasks(1))
}

// holding trains one task only when it is released.
type holding struct {
	seed    uint64
	release chan bool
}

func (h holding) Train(ctx context.Context, t child.Task) (child.Result, error) {
	if t.Seed == h.seed {
		select {
		case <-h.release:
		case <-ctx.Done():
			return child.Result{}, context.Cause(ctx)
		}
	}
	return fakeResult(t), nil
}

// TestResultsOfTheDead has a coordinator that dies before it hears of a result. The next one finds
// it, and nobody trains again.
func TestResultsOfTheDead(t *testing.T) {
	url := external(t).ClientURL()
	q := queue(t, url)
	prepareOnly(t, q)
	ctx, end := context.WithCancel(t.Context())
	w := &Worker{Conn: dial(t, url), Workers: 1, Prepare: prepared(fake{})}
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	js, err := jetstream.New(q.Conn)
	if err != nil {
		t.Fatal(err)
	}
	for {
		s, err := js.Stream(t.Context(), names(q.Study).bucket())
		if err != nil {
			t.Fatal(err)
		}
		if s.CachedInfo().State.Msgs == 0 {
			break
		}
	}
	end()
	<-ended
	counted(t, queue(t, url), tasks(1))
}

// TestDoneAlready has a worker who dies after its result is kept, and before its task is done. Who
// gets the task sees that, and does not train.
func TestDoneAlready(t *testing.T) {
	url := external(t).ClientURL()
	q := queue(t, url)
	prepareOnly(t, q)
	js, err := jetstream.New(q.Conn)
	if err != nil {
		t.Fatal(err)
	}
	kv, err := js.KeyValue(t.Context(), names(q.Study).bucket())
	if err != nil {
		t.Fatal(err)
	}
	c, err := js.Consumer(t.Context(), names(q.Study).bucket(), consumer)
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Next()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kv.Create(t.Context(), keyOf(m.Subject()), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if err := m.Nak(); err != nil {
		t.Fatal(err)
	}
	var trained atomic.Int64
	employ(t, &Worker{Conn: dial(t, url), Workers: 1, Prepare: prepared(counting{fake{}, &trained})})
	for waiting(t, q).AckFloor.Stream == 0 {
		time.Sleep(time.Millisecond)
	}
	if n := trained.Load(); n != 0 {
		t.Errorf("%d trainings of a task that has a result", n)
	}
}

// TestLongTraining has a training that takes longer than a worker may show no life: nobody else
// gets the task.
func TestLongTraining(t *testing.T) {
	url := external(t).ClientURL()
	q := queue(t, url)
	q.AckWait = time.Second
	var trained atomic.Int64
	employ(t, &Worker{Conn: dial(t, url), Workers: 2, Prepare: prepared(counting{fake{delay: 2500 * time.Millisecond}, &trained})})
	counted(t, q, tasks(1))
	if n := trained.Load(); n != 1 {
		t.Errorf("%d trainings, want 1", n)
	}
}

// TestManyWorkers has more workers than a server lets wait, or work, unless it is told to. All of
// them train at the same time.
func TestManyWorkers(t *testing.T) {
	const workers = 1200
	url := external(t).ClientURL()
	q := queue(t, url)
	q.AckWait = time.Minute
	all := &meeting{workers: workers, met: make(chan bool)}
	employ(t, &Worker{Conn: dial(t, url), Workers: workers, Prepare: prepared(all)})
	counted(t, q, tasks(1))
	for start := time.Now(); waiting(t, q).NumWaiting < workers; time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > hang(t) {
			t.Fatalf("%d of %d workers wait", waiting(t, q).NumWaiting, workers)
		}
	}
	all.open.Store(true)
	counted(t, q, tasks(workers))
}

// meeting trains once so many workers do at the same time.
type meeting struct {
	workers int64
	open    atomic.Bool
	here    atomic.Int64
	met     chan bool
}

func (m *meeting) Train(ctx context.Context, t child.Task) (child.Result, error) {
	if m.open.Load() {
		if m.here.Add(1) == m.workers {
			close(m.met)
		}
		select {
		case <-m.met:
		case <-ctx.Done():
			return child.Result{}, context.Cause(ctx)
		}
	}
	return fakeResult(t), nil
}

// TestEqualTasks has tasks that are equal: they are trained once, and each has the result.
func TestEqualTasks(t *testing.T) {
	url := external(t).ClientURL()
	var trained atomic.Int64
	employ(t, &Worker{Conn: dial(t, url), Workers: 2, Prepare: prepared(counting{fake{}, &trained})})
	counted(t, queue(t, url), append(tasks(3), tasks(2)...))
	if n := trained.Load(); n != 3 {
		t.Errorf("%d trainings, want 3", n)
	}
	if err := queue(t, url).Train(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
}

// TestSeveralStudies has a worker who works for all studies of a server, and one for one of them.
// What is done is gone from the server.
func TestSeveralStudies(t *testing.T) {
	url := external(t).ClientURL()
	seeds := make(chan uint64, 99)
	employ(t, &Worker{Conn: dial(t, url), Workers: 2, Prepare: func(s child.Setup, _ func() ([]byte, error)) (Trainer, error) {
		seeds <- s.Seed
		return fake{}, nil
	}})
	pinned := make(chan string, 99)
	employ(t, &Worker{Conn: dial(t, url), Study: "b", Workers: 1, Log: func(s string) { pinned <- s }, Prepare: prepared(fake{})})
	for range 2 {
		for seed, id := range []string{"a", "b", "c"} {
			q := queue(t, url)
			q.Study, q.Setup.Seed = id, uint64(seed)
			counted(t, q, tasks(20))
			if err := q.End(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
	seen := make(map[uint64]bool)
	for len(seeds) > 0 {
		seen[<-seeds] = true
	}
	if !seen[0] || !seen[2] { // the other one may have done all of study b
		t.Errorf("the worker has prepared the studies of seeds %v, want 0 and 2", seen)
	}
	for len(pinned) > 0 {
		if s := <-pinned; !strings.HasPrefix(s, "working for study b: ") {
			t.Errorf("the worker of study b says %s", s)
		}
	}
	q := queue(t, url)
	q.Study = "b"
	if err := q.End(t.Context()); err != nil { // nothing is there
		t.Error(err)
	}
	js, err := jetstream.New(q.Conn)
	if err != nil {
		t.Fatal(err)
	}
	for name := range js.StreamNames(t.Context()).Name() {
		if name != "KV_"+studies {
			t.Errorf("the server still has %s", name)
		}
	}
}

// TestTwoCoordinators runs equal studies of two folders through one server.
func TestTwoCoordinators(t *testing.T) {
	c := config(12)
	want := expected(t, c, fake{})
	url := external(t).ClientURL()
	employ(t, &Worker{Conn: dial(t, url), Workers: 2, Prepare: prepared(fake{delay: time.Millisecond})})
	var folders []string
	var players []*player
	for range 2 {
		folder := create(t, c)
		folders = append(folders, folder)
		players = append(players, role{Name: "coordinator", URL: url, Folder: folder, AckWait: 300 * time.Millisecond}.start(t))
	}
	for i, p := range players {
		p.expect(t, "done")
		compare(t, folders[i], want)
	}
}

// TestEmbedded expects a server of this process to leave nothing.
func TestEmbedded(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s, err := NewServer()
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Connect()
	if err != nil {
		t.Fatal(err)
	}
	if a := s.server.Addr(); a != nil {
		t.Errorf("the server listens at %v", a)
	}
	c.Close()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("the server leaves %v, %v", left, err)
	}
}
