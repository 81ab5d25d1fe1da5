package work

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/cellgen/cellgen/cmd/search/child"
)

// studies is the bucket of the offers of all studies on a server.
const studies = "cellgen-studies"

// textName is the object that is a study's text.
const textName = "text"

// consumer is what workers take tasks through.
const consumer = "workers"

// names are what the server calls the parts of a study, by the study's ID. A user of the server
// needs the right to publish to cellgen.>, $JS.>, $KV.>, $O.> and _INBOX.>, and to subscribe to
// cellgen.>, $JS.> and _INBOX.>.
type names string

// bucket names the stream of the tasks, the bucket of the results, and the store of the text.
func (n names) bucket() string { return "cellgen-" + string(n) }

// results names the stream under the bucket of the results.
func (n names) results() string { return "KV_" + n.bucket() }

// task returns the subject of a task; of all, by the key *.
func (n names) task(key string) string { return "cellgen." + string(n) + ".task." + key }

// bell is the subject on which workers tell of results that the server keeps, and failed of
// trainings that have none.
func (n names) bell() string   { return "cellgen." + string(n) + ".bell" }
func (n names) failed() string { return "cellgen." + string(n) + ".failed" }

// spent is the subject on which the server tells of tasks that have used up their deliveries.
func (n names) spent() string {
	return "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES." + n.bucket() + "." + consumer
}

// keyOf returns the key in the subject of a task.
func keyOf(subject string) string { return subject[strings.LastIndexByte(subject, '.')+1:] }

// parcel is a task as the queue has it.
type parcel struct {
	key  string
	body []byte // the task's JSON
}

// pack returns a study's task as the queue has it. The key says what it is, and nothing else does.
func pack(study string, t child.Task) (parcel, error) {
	body, err := json.Marshal(t)
	if err != nil {
		return parcel{}, fmt.Errorf("work: task %+v: %w", t, err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s", study, body))
	return parcel{hex.EncodeToString(sum[:16]), body}, nil
}
