package summary

import (
	"cmp"
	"slices"
	"time"

	"github.com/cellgen/cellgen/cmd/search/study"
)

// clock follows the times of a journal. While nobody works on a study, it stands.
type clock struct {
	first, last time.Time
}

func (c *clock) saw(a study.Aside) {
	if c.first.IsZero() {
		c.first = a.At
	}
	if a.At.After(c.last) {
		c.last = a.At
	}
}

// session is the time from a start of the study to the last thing that it did.
type session struct {
	from, to time.Time
	workers  int
}

// sessions returns when the study was worked on. A journal without starts is one session.
func (s *Summary) sessions() (all []session) {
	for i, start := range s.Starts {
		to := s.clock.last
		if i+1 < len(s.Starts) {
			to = s.lastBefore(s.Starts[i+1].At)
		}
		all = append(all, session{start.At, latest(start.At, to), start.Workers})
	}
	if len(all) == 0 && len(s.Runs) > 0 {
		all = []session{{s.clock.first, s.clock.last, 0}}
	}
	return all
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// lastBefore returns the time of the last run before a time, or the time itself if there is none.
func (s *Summary) lastBefore(t time.Time) time.Time {
	for _, r := range slices.Backward(s.Runs) {
		if r.At.Before(t) {
			return r.At
		}
	}
	return t
}

// Pace is how fast a study goes.
type Pace struct {
	Worked    time.Duration // in all
	Trainings float64       // a minute, of late; 0 as long as nobody knows
	Share     float64       // of their time that workers train; 0 if nobody knows, as other machines help
	Left      time.Duration // of the search; 0 if it is done, or nobody knows
	Last      time.Time     // the last line of the journal
}

// late is the time that "of late" means.
const late = 5 * time.Minute

// Pace returns the pace.
func (s *Summary) Pace() Pace {
	p := Pace{Last: s.clock.last}
	all := s.sessions()
	if len(all) == 0 {
		return p
	}
	capacity, busy := 0.0, 0.0
	now := all[0] // the last in which something was done
	for _, w := range all {
		if w.to.After(w.from) {
			now = w
		}
		p.Worked += w.to.Sub(w.from)
		capacity += w.to.Sub(w.from).Seconds() * float64(w.workers)
	}
	since := latest(now.from, now.to.Add(-late))
	recent := 0
	for _, r := range s.Runs {
		busy += r.Seconds
		if r.At.After(since) {
			recent++
		}
	}
	if minutes := now.to.Sub(since).Minutes(); minutes > 0 {
		p.Trainings = float64(recent) / minutes
	}
	if busy > 0 && capacity >= busy { // or other machines help
		p.Share = busy / capacity
	}
	if s.Learned > 0 && s.Learned < s.Planned {
		p.Left = time.Duration(p.Worked.Seconds() / float64(s.Learned) * float64(s.Planned-s.Learned) * float64(time.Second))
	}
	return p
}

// Worker is who has trained children.
type Worker struct {
	Name      string    `json:"name"`
	Trainings int       `json:"trainings"`
	Seconds   float64   `json:"seconds"` // of training
	Last      time.Time `json:"last"`    // its last result
}

// Workers returns the workers, who was last heard of first.
func (s *Summary) Workers() (all []Worker) {
	places := make(map[string]int)
	for _, r := range s.Runs {
		i, known := places[r.Worker]
		if !known {
			i = len(all)
			places[r.Worker] = i
			all = append(all, Worker{Name: r.Worker})
		}
		all[i].Trainings++
		all[i].Seconds += r.Seconds
		all[i].Last = r.At
	}
	slices.SortStableFunc(all, func(a, b Worker) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Name, b.Name))
	})
	return all
}
