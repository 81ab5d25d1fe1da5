package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/terminal"
)

// progress shows how far an epoch is: on a terminal by a line that is drawn again and again,
// elsewhere by a line for every tenth.
type progress struct {
	w                 io.Writer
	place             *terminal.Line // on a terminal; nil if w is none
	now               func() time.Time
	epoch             int
	unit              string // a symbol
	done, total, size int    // chunks done, chunks in all, symbols in a chunk
	before            int    // chunks done before the start
	start             time.Time

	chunks int // since the last tenth
	nats   float64
	bits   float64 // mean loss of the last tenth, or of what there is of the first

	products func() float64 // the share of time that products take; nil if nobody measures it

	last time.Time // the line was drawn
}

// between is how long a line stays on a terminal, and settled how long chunks are counted
// until their rate says something.
const (
	between = time.Second / 10
	settled = time.Second / 2
)

// newProgress returns the progress of an epoch of some chunks, each of size symbols.
func newProgress(w io.Writer, epoch, chunks, size int) *progress {
	p := &progress{w: w, place: terminal.NewLine(w), now: time.Now, epoch: epoch, unit: "byte", total: chunks, size: size}
	p.start = p.now()
	return p
}

// add counts a chunk, given its mean loss in nats.
func (p *progress) add(nats float64) {
	p.done++
	p.chunks++
	p.nats += nats
	tenth := p.part(10, p.done) > p.part(10, p.done-1)
	if tenth || p.part(10, p.done) == 0 {
		p.bits = p.nats / float64(p.chunks) / math.Ln2
	}
	if tenth {
		p.chunks, p.nats = 0, 0
	}
	switch {
	case p.place == nil && tenth:
		fmt.Fprintf(p.w, "epoch %d %4d%%", p.epoch, p.percent())
		for _, part := range []string{p.train(), p.rate(), p.share()} {
			if part != "" {
				fmt.Fprint(p.w, "  ", part)
			}
		}
		fmt.Fprintln(p.w)
	case p.place != nil && p.now().Sub(p.last) >= between:
		p.last = p.now()
		p.place.Draw(p.line)
	}
}

func (p *progress) percent() int { return p.part(100, p.done) }

// part returns how many of a number of equal parts of the epoch are done with some chunks.
func (p *progress) part(parts, done int) int {
	return int(int64(parts) * int64(done) / int64(p.total)) // an int may not hold the product
}

func (p *progress) train() string { return fmt.Sprintf("train %.2f bits/%s", p.bits, p.unit) }

// rate returns the symbols per second of the epoch, or "" as long as it says nothing.
func (p *progress) rate() string {
	took := p.now().Sub(p.start)
	if took < settled {
		return ""
	}
	perSecond := float64(p.done-p.before) * float64(p.size) / took.Seconds()
	if perSecond < 1e4 {
		return fmt.Sprintf("%.0f %ss/s", perSecond, p.unit)
	}
	return fmt.Sprintf("%.0fk %ss/s", perSecond/1e3, p.unit)
}

// left returns how long the rest of the epoch will take, or "" as long as nobody knows.
func (p *progress) left() string {
	took := p.now().Sub(p.start)
	seconds := took.Seconds() / float64(p.done-p.before) * float64(p.total-p.done)
	if took < settled || !(seconds < 1e9) {
		return ""
	}
	return (time.Duration(seconds) * time.Second).String() + " left"
}

// share returns the share of time that products take, or "" as long as nobody knows.
func (p *progress) share() string {
	if p.products == nil || p.products() == 0 {
		return ""
	}
	return fmt.Sprintf("products %.0f%%", 100*p.products())
}

// line returns what fits into a number of columns, the most important first.
func (p *progress) line(columns int) string {
	line := fmt.Sprintf("%d%%", p.percent())
	if long := fmt.Sprintf("epoch %d  %s", p.epoch, line); len(long) <= columns {
		line = long
	}
	for _, part := range []string{p.train(), p.rate(), p.left(), p.share()} {
		if part != "" && len(line)+2+len(part) <= columns {
			line += "  " + part
		}
	}
	if room := min(columns-len(line)-4, 40); room >= 10 {
		full := p.part(room, p.done)
		line += "  [" + strings.Repeat("=", full) + strings.Repeat(" ", room-full) + "]"
	}
	return line[:min(len(line), max(columns, 0))]
}

// finish removes the line from a terminal.
func (p *progress) finish() {
	if p.place != nil {
		p.place.Clear()
	}
}
