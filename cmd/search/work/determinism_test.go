package work

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cellgen/cellgen/cmd/search/study"
)

// TestSameJournal runs one study on 1, 2 and 5 workers, of this process through an embedded server
// and of others through an external one. Every journal is the one of no queue at all.
func TestSameJournal(t *testing.T) {
	c := config(cases(18, 120))
	c.Strategy, c.Reinforce.Hidden = study.ByReinforce, 8
	want := expected(t, c, realTrainer(t, c))
	for _, workers := range []int{1, 2, 5} {
		folder := create(t, c)
		r := role{Name: "coordinator", Folder: folder, Workers: workers}
		r.start(t).expect(t, "done")
		compare(t, folder, want)

		folder = create(t, c)
		url := role{Name: "server", Folder: t.TempDir()}.start(t).expect(t, "url: ")
		for range workers {
			role{Name: "worker", URL: url, Workers: 1}.start(t)
		}
		role{Name: "coordinator", URL: url, Folder: folder}.start(t).expect(t, "done")
		compare(t, folder, want)
	}
}

// TestKilled kills workers and coordinators at random moments, and starts others in their place.
// The journal is the one of an unbroken run.
func TestKilled(t *testing.T) {
	kills := cases(6, 50)
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	const delay = 20 * time.Millisecond
	c := config(8 * kills)
	want := expected(t, c, fake{})
	folder := create(t, c)
	url := role{Name: "server", Folder: t.TempDir()}.start(t).expect(t, "url: ")
	roles := []role{
		{Name: "coordinator", URL: url, Folder: folder, AckWait: 300 * time.Millisecond},
		{Name: "worker", URL: url, Workers: 1, Fake: true, Delay: delay},
		{Name: "worker", URL: url, Workers: 2, Fake: true, Delay: delay},
	}
	players := make([]*player, len(roles))
	for i, r := range roles {
		players[i] = r.start(t)
	}
	for k := range kills {
		time.Sleep(time.Duration(random.IntN(200)) * time.Millisecond)
		i := random.IntN(len(roles))
		if k == 0 {
			i = 0 // a coordinator at least
		}
		players[i].kill()
		if n := len(records(t, folder)); n == len(want) {
			t.Fatalf("the study ended after %d kills: it must be longer", k)
		}
		players[i] = roles[i].start(t)
	}
	players[0].expect(t, "done")
	compare(t, folder, want)
}

// TestKilledAlone kills coordinators with a server and workers of their own: all that is left is
// the journal.
func TestKilledAlone(t *testing.T) {
	kills := cases(3, 25)
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	c := config(10 * kills)
	want := expected(t, c, fake{})
	folder := create(t, c)
	r := role{Name: "coordinator", Folder: folder, Workers: 2, Fake: true, Delay: 10 * time.Millisecond}
	for k := range kills {
		p := r.start(t)
		p.expect(t, "begun")
		time.Sleep(time.Duration(random.IntN(200)) * time.Millisecond)
		p.kill()
		if n := len(records(t, folder)); n == len(want) {
			t.Fatalf("the study ended after %d kills: it must be longer", k)
		}
	}
	r.start(t).expect(t, "done")
	compare(t, folder, want)
}
