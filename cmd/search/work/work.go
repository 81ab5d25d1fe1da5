// Package work trains the children of a study: on goroutines (Local), or on workers of this and
// other machines, which take tasks from a queue (Queue, Worker).
//
// The queue is NATS JetStream: an embedded server without a socket (Server), or an external one
// (Address). It may forget everything at any time, for the journal of the study is the truth: what
// the server does not have is handed to it again. So a study ends, with the same journal, although
// workers, servers and coordinators die, and although networks are cut. These hold:
//
//   - A task has a key, the hash of its study and of what it asks for. A key has at most one task
//     in the queue, and at most one result: the first. Later ones are ignored.
//   - A task leaves the queue once its result is kept by the server, which is before the
//     coordinator hears of it. A coordinator that comes back finds by their keys the results that
//     its journal does not have.
//   - A task whose worker shows no life for AckWait is another worker's.
//   - Nothing depends on the time of day. A server whose clock jumps may hand out a task twice, or
//     late: the coordinator, which measures durations only, publishes again what stays away.
package work

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// Trainer trains children, as a *child.Trainer does. Goroutines share it.
type Trainer interface {
	// Train returns a result that is a function of the task alone, or the cause of ctx as error.
	Train(ctx context.Context, t child.Task) (child.Result, error)
}

// Train trains a child, and reports on it.
func Train(ctx context.Context, t Trainer, task child.Task) (report study.Report, err error) {
	defer func() {
		if p := recover(); p != nil { // one child must not end a worker, who has others
			err = fmt.Errorf("training %v: panic: %v\n%s", task, p, debug.Stack())
		}
	}()
	start := time.Now()
	r, err := t.Train(ctx, task)
	return study.Report{Result: r, Worker: name(), Seconds: time.Since(start).Seconds()}, err
}

// name returns what a study calls this process.
var name = sync.OnceValue(func() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s-%d", host, os.Getpid())
})
