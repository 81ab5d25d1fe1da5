package work

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// keep is for how long the server has a message, so that it drops what an abandoned study has left. What
// goes of one that runs, the next audit makes again.
const keep = 7 * 24 * time.Hour

// prepare makes the parts of the study on the server that are not there, the offer last: a worker
// who sees it finds the others.
func (b *batch) prepare(ctx context.Context) error {
	if err := b.makeStreams(ctx); err != nil {
		return err
	}
	if err := b.handText(ctx); err != nil {
		return fmt.Errorf("handing the text of %d bytes to the server: %w", len(b.Text), err)
	}
	ctx, cancel := request(ctx)
	defer cancel()
	o := offer{Protocol: protocol, Study: b.Study, Setup: b.Setup, AckWait: b.AckWait}
	if err := o.publish(ctx, b.js); err != nil {
		return fmt.Errorf("offering the study to workers: %w", err)
	}
	return nil
}

// makeStreams makes what tasks and results are in.
func (b *batch) makeStreams(ctx context.Context) error {
	ctx, cancel := request(ctx)
	defer cancel()
	n := names(b.Study)
	s, err := b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: n.bucket(), Description: "tasks of a study", Subjects: []string{n.task("*")},
		Retention: jetstream.WorkQueuePolicy, Storage: jetstream.MemoryStorage, MaxAge: keep,
	})
	if err != nil {
		return fmt.Errorf("making the stream of the tasks: %w", err)
	}
	_, err = s.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: consumer, AckPolicy: jetstream.AckExplicitPolicy, AckWait: b.AckWait, MaxDeliver: b.Deliveries,
		MaxAckPending: -1, MaxWaiting: mostWorkers, // the defaults are for less than a thousand
	})
	if err != nil {
		return fmt.Errorf("making the consumer of the tasks: %w", err)
	}
	_, err = b.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: n.bucket(), Description: "results of a study", Storage: jetstream.MemoryStorage, TTL: keep,
	})
	if err != nil {
		return fmt.Errorf("making the bucket of the results: %w", err)
	}
	return nil
}

// mostWorkers bounds the workers that wait for a task at the same time.
const mostWorkers = 1 << 15

// handText hands over the text, unless the server has it. Its chunks are on the server's disk.
func (b *batch) handText(ctx context.Context) error {
	if b.Text == nil {
		return nil
	}
	short, cancel := request(ctx)
	defer cancel()
	store, err := b.js.CreateOrUpdateObjectStore(short, jetstream.ObjectStoreConfig{
		Bucket: names(b.Study).bucket(), Description: "text of a study", Storage: jetstream.FileStorage, TTL: keep,
	})
	if err != nil {
		return err
	}
	if _, err := store.GetInfo(short, textName); !errors.Is(err, jetstream.ErrObjectNotFound) {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, textTimeout(uint64(len(b.Text))))
	defer stop()
	_, err = store.Put(ctx, jetstream.ObjectMeta{Name: textName}, bytes.NewReader(b.Text))
	return err
}
