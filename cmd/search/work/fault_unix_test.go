//go:build unix

package work

import (
	"bytes"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cellgen/cellgen/cmd/search/study"
)

// TestStalledWorker stops a worker that trains, until its task is another's and has a result. When
// it goes on, its own result, which is late, counts for nothing.
func TestStalledWorker(t *testing.T) {
	url := external(t).ClientURL()
	q := queue(t, url)
	puts, err := q.Conn.SubscribeSync("$KV." + names(q.Study).bucket() + ".*") // also those that are refused
	if err != nil {
		t.Fatal(err)
	}
	stalled := role{Name: "worker", URL: url, Workers: 1, Fake: true, Delay: 100 * time.Millisecond}.start(t)
	stalled.expect(t, "begun")
	var handed []study.Report
	ended := make(chan error, 1)
	go func() {
		ended <- q.Train(t.Context(), tasks(2), func(i int, r study.Report) error {
			handed = append(handed, r)
			return nil
		})
	}()
	stalled.expect(t, "training 0")
	signal(t, stalled, syscall.SIGSTOP)
	release := make(chan bool)
	employ(t, &Worker{Conn: dial(t, url), Workers: 2, Prepare: prepared(holding{1, release})})
	first := put(t, puts)
	signal(t, stalled, syscall.SIGCONT)
	second := put(t, puts)
	if first.Subject != second.Subject || bytes.Equal(first.Data, second.Data) {
		t.Errorf("results are %s: %s, and %s: %s", first.Subject, first.Data, second.Subject, second.Data)
	}
	js, err := jetstream.New(q.Conn)
	if err != nil {
		t.Fatal(err)
	}
	kv, err := js.KeyValue(t.Context(), names(q.Study).bucket())
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := kv.Get(t.Context(), keyOf(first.Subject)); err != nil || !bytes.Equal(kept.Value(), first.Data) {
		t.Errorf("the server keeps %v, %v; want the first result", kept, err)
	}
	close(release)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if len(handed) != 2 || handed[0].Worker != name() || handed[1].Worker != name() {
		t.Errorf("results are %+v", handed)
	}
}

// put returns the next message that puts something into a bucket.
func put(t *testing.T, s *nats.Subscription) *nats.Msg {
	t.Helper()
	m, err := s.NextMsgWithContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func signal(t *testing.T, p *player, s syscall.Signal) {
	t.Helper()
	if err := p.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// TestFullDisk runs a study whose journal has no room. Once it has, the study goes on, and ends
// with the journal of an unbroken run.
func TestFullDisk(t *testing.T) {
	c := config(18)
	want := expected(t, c, fake{})
	folder := create(t, c)
	r := role{Name: "coordinator", Folder: folder, Workers: 2, Fake: true}
	for _, limit := range []string{"ulimit -f 8", "ulimit -f 20"} { // blocks of 512 bytes
		p := r.start(t, limit)
		line := ""
		for line = range p.lines {
			if strings.HasPrefix(line, "error:") {
				break
			}
		}
		if !strings.Contains(line, "file too large") || !strings.Contains(line, "journal.jsonl") {
			t.Errorf("%s: the study says %q", limit, line)
		}
		p.kill()
		if got := records(t, folder); got == "" || got == want || !strings.HasPrefix(want, got) {
			t.Errorf("%s: the journal has %d bytes of records", limit, len(got))
		}
	}
	r.start(t).expect(t, "done")
	compare(t, folder, want)
}
