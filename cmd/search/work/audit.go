package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cellgen/cellgen/cmd/search/study"
)

// againHeader marks a task that may have a result already, or be another worker's.
const againHeader = "Cellgen-Again"

// begin is the first audit.
func (b *batch) begin(ctx context.Context) error {
	return insist(ctx, b.audit)
}

// insist makes the first request of a server, again while its error passes.
func insist(ctx context.Context, first func(context.Context) error) (err error) {
	for range firstTries {
		if err = first(ctx); ctx.Err() != nil || !passes(err) {
			return err
		}
	}
	return err
}

// storeFailed is the server's code for a stream without a place on its disk.
const storeFailed = 10049

// passes reports whether an error of the server is over soon: a busy machine is late with its answer; and
// with the last stream on its disk a server removes the folder of all streams, a moment later, when another
// study may be making the next.
func passes(err error) bool {
	var said *jetstream.APIError
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &said) && said.ErrorCode == storeFailed
}

// audit makes the server have what it must: the parts of the study, a result or a task for every
// key that is open. It takes the results that are there. Only an error that ends the study is one.
func (b *batch) audit(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := b.prepare(ctx); err != nil {
		return b.try(ctx, err)
	}
	notes, err := b.collect(ctx)
	if err != nil {
		return b.try(ctx, fmt.Errorf("looking for results: %w", err))
	}
	for _, n := range notes {
		if err := b.finish(n.Key, n.Report); err != nil {
			return err
		}
	}
	if err := b.publish(ctx); err != nil {
		return b.try(ctx, fmt.Errorf("publishing tasks: %w", err))
	}
	lost, err := b.renewLate(ctx)
	if err := b.try(ctx, err); err != nil {
		return err
	}
	for _, key := range lost {
		if err := b.count(key); err != nil {
			return err
		}
	}
	return nil
}

// collect returns the results of open tasks that the server keeps.
func (b *batch) collect(ctx context.Context) (notes []note, err error) {
	ctx, cancel := request(ctx)
	defer cancel()
	kv, err := b.js.KeyValue(ctx, names(b.Study).bucket())
	if err != nil {
		return nil, err
	}
	entries, err := present(ctx, kv, ">")
	for _, e := range entries {
		var r study.Report
		if b.open[e.Key()] == nil || json.Unmarshal(e.Value(), &r) != nil {
			continue
		}
		notes = append(notes, note{Key: e.Key(), Report: r})
	}
	return notes, err
}

// publish publishes the tasks that are open and not in the queue.
func (b *batch) publish(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout+time.Duration(len(b.open))*time.Millisecond)
	defer cancel()
	var sent []jetstream.PubAckFuture
	for _, key := range b.order {
		o := b.open[key]
		if o == nil {
			continue
		}
		m := &nats.Msg{Subject: names(b.Study).task(key), Data: o.body, Header: nats.Header{}}
		if o.again {
			m.Header.Set(againHeader, "1")
		}
		f, err := b.js.PublishMsgAsync(m, jetstream.WithExpectLastSequencePerSubject(0))
		if err != nil {
			return err
		}
		sent = append(sent, f)
	}
	for _, f := range sent {
		select {
		case <-f.Ok():
		case err := <-f.Err():
			if !errors.Is(err, jetstream.ErrKeyExists) { // which is the server's word for: it has it
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// renew publishes an open task once more, in the place of the one that the queue has, and reports
// whether it has one.
func (b *batch) renew(ctx context.Context, s jetstream.Stream, key string) (had bool, err error) {
	ctx, cancel := request(ctx)
	defer cancel()
	m, err := s.GetLastMsgForSubject(ctx, names(b.Study).task(key))
	if err == nil {
		err = s.DeleteMsg(ctx, m.Sequence)
	}
	had = err == nil
	if err = unless(jetstream.ErrMsgNotFound, err); err != nil {
		return false, fmt.Errorf("publishing a task again: %w", err)
	}
	b.open[key].again = true
	return had, nil
}

// spent returns the key of a task that has used up its deliveries, by its number in the stream; "" if
// it is there no more.
func (b *batch) spent(ctx context.Context, seq uint64) (key string, err error) {
	ctx, cancel := request(ctx)
	defer cancel()
	s, err := b.js.Stream(ctx, names(b.Study).bucket())
	if err != nil {
		return "", err
	}
	m, err := s.GetMsg(ctx, seq)
	if err != nil {
		return "", unless(jetstream.ErrMsgNotFound, err)
	}
	return keyOf(m.Subject), nil
}

// renewSpent renews a task that has used up its deliveries: it would stay in the queue, and no
// worker would get it.
func (b *batch) renewSpent(ctx context.Context, key string) error {
	short, cancel := request(ctx)
	defer cancel()
	b.waiting = time.Now()
	s, err := b.js.Stream(short, names(b.Study).bucket())
	if err == nil {
		_, err = b.renew(ctx, s, key)
	}
	if err != nil {
		return err
	}
	return b.publish(ctx)
}

// patience is for how many times as long as the longest training a task may be out.
const patience = 20

// renewLate renews tasks that stay away although all are out: their workers are gone, and the
// server has not noticed, or nobody has heard that it has. A worker who is only slow has trained
// in vain if another is faster; more does not happen. It returns the keys of tasks that nobody had: that
// have used up their deliveries, without anybody hearing of it.
func (b *batch) renewLate(ctx context.Context) (nobodys []string, err error) {
	short, cancel := request(ctx)
	defer cancel()
	s, err := b.js.Stream(short, names(b.Study).bucket())
	if err != nil {
		return nil, err
	}
	c, err := s.Consumer(short, consumer)
	if err != nil {
		return nil, err
	}
	info := c.CachedInfo()
	lost := info.NumPending == 0 && info.NumAckPending == 0 && s.CachedInfo().State.Msgs > 0
	before := b.lost // if it was not, the server may still be handing out what came just now
	b.lost = lost
	if info.NumPending > 0 {
		b.waiting = time.Now()
	}
	if !(lost && before) && time.Since(b.waiting) <= b.late() {
		return nil, nil
	}
	b.waiting = time.Now()
	for key := range b.open {
		had, err := b.renew(ctx, s, key)
		if err != nil {
			return nil, err
		}
		if had && lost && before {
			nobodys = append(nobodys, key)
		}
	}
	return nobodys, b.publish(ctx)
}

// late returns for how long tasks may be out.
func (b *batch) late() time.Duration { return 4*b.AckWait + patience*b.longest }
