package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far an epoch is: as a bar on a terminal, elsewhere by a line for every
// tenth.
type progress struct {
	w                 io.Writer
	bar               *progressbar.ProgressBar // nil if w is not a terminal
	epoch             int
	done, total, size int // chunks done, chunks in all, bytes in a chunk

	// since the last line, or the last update of the bar
	start  time.Time
	chunks int
	nats   float64
}

// newProgress returns the progress of an epoch of some chunks, each of size bytes.
func newProgress(w io.Writer, epoch, chunks, size int) *progress {
	p := &progress{w: w, epoch: epoch, total: chunks, size: size, start: time.Now()}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(chunks*size,
			progressbar.OptionSetWriter(w),
			progressbar.OptionSetDescription(fmt.Sprintf("epoch %d", epoch)),
			progressbar.OptionShowBytes(true),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionClearOnFinish())
	}
	return p
}

// add counts a chunk, given its mean loss in nats.
func (p *progress) add(nats float64) {
	p.done++
	p.chunks++
	p.nats += nats
	tenth := p.done*10/p.total > (p.done-1)*10/p.total
	if p.bar != nil {
		if tenth {
			p.bar.Describe(fmt.Sprintf("epoch %d  train %.2f bits/byte", p.epoch, p.bits()))
			p.restart()
		}
		p.bar.Add(p.size)
		return
	}
	if tenth {
		rate := float64(p.chunks*p.size) / time.Since(p.start).Seconds()
		fmt.Fprintf(p.w, "epoch %d %4d%%  train %.2f bits/byte  %.0f kB/s\n",
			p.epoch, 100*p.done/p.total, p.bits(), rate/1000)
		p.restart()
	}
}

// bits returns the mean loss in bits per byte.
func (p *progress) bits() float64 { return p.nats / float64(p.chunks) / math.Ln2 }

func (p *progress) restart() {
	p.start, p.chunks, p.nats = time.Now(), 0, 0
}

// finish removes the bar.
func (p *progress) finish() {
	if p.bar != nil {
		p.bar.Finish()
	}
}
