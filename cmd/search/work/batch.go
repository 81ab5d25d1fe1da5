package work

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// batch is the tasks of one Queue.Train. It has one owner: every result is handed over from the
// goroutine of Train, and only if its key is still open, so once.
type batch struct {
	*Queue
	open    map[string]*order // the tasks without a result, by key
	order   []string          // the keys, as the tasks come
	done    func(int, study.Report) error
	longest time.Duration // that a task of this batch took
	waiting time.Time     // since when nothing was heard of tasks, although all are out; it is monotonic
	lost    bool          // the last audit found tasks that nobody has, nor will
}

// order is an open task.
type order struct {
	parcel
	indices []int // of equal tasks
	errors  int   // that workers have told of
	again   bool  // published more than once
	vain    int   // deliveries that have used it up
}

// note is what a worker tells of a task: a result, or an error.
type note struct {
	Key    string       `json:"key"`
	Report study.Report `json:"report"`
	Error  string       `json:"error,omitempty"`
}

func (q *Queue) newBatch(tasks []child.Task, done func(int, study.Report) error) (*batch, error) {
	b := &batch{Queue: q, open: make(map[string]*order), done: done, waiting: time.Now()}
	for i, t := range tasks {
		p, err := pack(q.Study, t)
		if err != nil {
			return nil, err
		}
		o := b.open[p.key]
		if o == nil {
			o = &order{parcel: p}
			b.open[p.key] = o
			b.order = append(b.order, p.key)
		}
		o.indices = append(o.indices, i)
	}
	return b, nil
}

// hear takes a message of a worker or of the server. What it cannot read is not theirs.
func (b *batch) hear(ctx context.Context, m *nats.Msg) error {
	var n note
	switch subjects := names(b.Study); m.Subject {
	case subjects.spent():
		var advisory struct {
			Seq uint64 `json:"stream_seq"`
		}
		if json.Unmarshal(m.Data, &advisory) != nil {
			return nil
		}
		key, err := b.spent(ctx, advisory.Seq)
		if err == nil && b.open[key] != nil {
			if err := b.count(key); err != nil {
				return err
			}
			err = b.renewSpent(ctx, key)
		}
		return b.try(ctx, err)
	case subjects.failed():
		if json.Unmarshal(m.Data, &n) != nil {
			return nil
		}
		return b.fail(n)
	default:
		if json.Unmarshal(m.Data, &n) != nil {
			return nil
		}
		return b.finish(n.Key, n.Report)
	}
}

// finish hands over a result, unless its task has one.
func (b *batch) finish(key string, r study.Report) error {
	o := b.open[key]
	if o == nil {
		return nil
	}
	delete(b.open, key)
	b.waiting = time.Now()
	b.longest = max(b.longest, time.Duration(r.Seconds*float64(time.Second)))
	for _, i := range o.indices {
		if err := b.done(i, r); err != nil {
			return err
		}
	}
	return nil
}

// count counts the deliveries of a task that has used them up, and ends the study if there are too
// many.
func (b *batch) count(key string) error {
	o := b.open[key]
	if o.vain += b.Deliveries; o.vain >= b.Most {
		return fmt.Errorf("the queue: training %s was handed out %d times, and no worker came back with it: it may end them", o.body, o.vain)
	}
	if b.Log != nil {
		b.Log(fmt.Sprintf("training %s was handed out %d times in vain; trying again", o.body, o.vain))
	}
	return nil
}

// fail counts the errors of a task, and ends the study if there are too many.
func (b *batch) fail(n note) error {
	o := b.open[n.Key]
	if o == nil {
		return nil
	}
	if o.errors++; o.errors >= mostErrors {
		return fmt.Errorf("the queue: training %s failed %d times, the last time on %s: %s", o.body, o.errors, n.Report.Worker, n.Error)
	}
	return nil
}
