package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/cellgen/cellgen/cmd/search/child"
)

// protocol numbers what coordinators and workers say to each other.
const protocol = 1

// offer is what workers must know of a study.
type offer struct {
	Protocol int           `json:"protocol"`
	Study    string        `json:"study"`
	Setup    child.Setup   `json:"setup"`
	AckWait  time.Duration `json:"ackwait"` // in nanoseconds
}

// check returns an error if this process cannot work for the study.
func (o *offer) check() error {
	if o.Protocol != protocol {
		return fmt.Errorf("it speaks version %d of the protocol, and this program %d: use programs of one version", o.Protocol, protocol)
	}
	if err := o.Setup.Check(); err != nil {
		return err
	}
	return o.Setup.CheckBackend()
}

// publish puts the offer on the server, unless it is there.
func (o *offer) publish(ctx context.Context, js jetstream.JetStream) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	kv, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: studies, Description: "studies that want workers", Storage: jetstream.MemoryStorage, TTL: keep,
	})
	if err != nil {
		return err
	}
	if have, err := kv.Get(ctx, o.Study); err == nil && string(have.Value()) == string(text) {
		return nil
	}
	_, err = kv.Put(ctx, o.Study, text)
	return err
}

// withdraw takes the offer of a study from the server.
func withdraw(ctx context.Context, js jetstream.JetStream, study string) error {
	kv, err := js.KeyValue(ctx, studies)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return kv.Purge(ctx, study)
}

// offers returns what is on the server, the oldest first: of one study, or of all if it is "".
func offers(ctx context.Context, js jetstream.JetStream, study string) ([]offer, error) {
	ctx, cancel := request(ctx)
	defer cancel()
	kv, err := js.KeyValue(ctx, studies)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if study == "" {
		study = ">"
	}
	entries, err := present(ctx, kv, study)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b jetstream.KeyValueEntry) int { return int(a.Revision()) - int(b.Revision()) })
	all := make([]offer, len(entries))
	for i, e := range entries {
		if err := json.Unmarshal(e.Value(), &all[i]); err != nil {
			return nil, fmt.Errorf("the offer of study %s: %w", e.Key(), err)
		}
	}
	return all, nil
}

// present returns the entries that a bucket has, of the keys that match a pattern.
func present(ctx context.Context, kv jetstream.KeyValue, keys string) (all []jetstream.KeyValueEntry, err error) {
	w, err := kv.Watch(ctx, keys, jetstream.IgnoreDeletes())
	if err != nil {
		return nil, err
	}
	defer func() { _ = w.Stop() }() // its consumer goes with it
	for {
		select {
		case e, open := <-w.Updates():
			switch {
			case !open:
				return nil, errors.New("the connection ended")
			case e == nil:
				return all, nil
			}
			all = append(all, e)
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}
