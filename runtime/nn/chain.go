package nn

import (
	"errors"
	"fmt"
)

// chain is parts that follow each other: the y of one is the x of the next.
type chain struct {
	parts    []part
	weighted int // the first that has weights; as many as there are if none has
}

// newChain makes the parts for an input of some width.
func newChain(b *builder, input int, parts []Part) (*chain, error) {
	if len(parts) == 0 {
		return nil, errors.New("no parts")
	}
	c := &chain{weighted: len(parts)}
	for i, p := range parts {
		made, err := b.build(p, input)
		if err != nil {
			return nil, fmt.Errorf("part %d: %w", i, err)
		}
		if made.weights() {
			c.weighted = min(c.weighted, i)
		}
		c.parts, input = append(c.parts, made), made.output()
	}
	return c, nil
}

func (c *chain) output() int   { return c.parts[len(c.parts)-1].output() }
func (c *chain) weights() bool { return c.weighted < len(c.parts) }

// describeAll describes the parts.
func (c *chain) describeAll(m *Model) (all []Description) {
	for _, p := range c.parts {
		all = append(all, p.describe(m))
	}
	return all
}

// chainWork has the arrays between the parts of a chain. For inference two are enough, which
// take turns.
type chainWork struct {
	ws       *Workspace
	links    []link
	values   [][]float32  // [T][B][the width of a part's y]
	d        [2][]float32 // cotangents of such, which take turns
	weighted int          // the first link with weights
}

// link is one part, its width, and which of the values it writes: −1 for the chain's y.
type link struct {
	work
	width, value int
}

// newWork makes the works of the parts. For inference those that drop are left out.
func (c *chain) newWork(ws *Workspace) (work, error) {
	w, drops := &chainWork{ws: ws, weighted: c.weighted}, []bool(nil)
	for _, p := range c.parts {
		_, is := p.(*dropout)
		if is && ws.inference {
			continue
		}
		made, err := p.newWork(ws)
		if err != nil {
			return nil, err
		}
		w.links, drops = append(w.links, link{made, p.output(), -1}), append(drops, is)
	}
	w.placeValues(drops)
	return w, nil
}

// placeValues decides where each part writes. A part that drops works in place, unless what it
// reads is the x of the chain, which is the caller's.
func (w *chainWork) placeValues(drops []bool) {
	var widths []int
	for i := len(w.links) - 2; i >= 0; i-- {
		l := &w.links[i]
		switch {
		case drops[i+1]:
			l.value = w.links[i+1].value
		case w.ws.inference && len(widths) == 2:
			l.value = 1 - w.links[i+1].value
			widths[l.value] = max(widths[l.value], l.width)
		default:
			l.value = len(widths)
			widths = append(widths, l.width)
		}
	}
	w.values = make([][]float32, len(widths))
	for i, width := range widths {
		w.ws.add(&w.values[i], w.ws.maxSteps, w.ws.maxBatch, width)
	}
	if most := w.widest(); most > 0 && !w.ws.inference {
		w.ws.add(&w.d[0], w.ws.maxSteps, w.ws.maxBatch, most)
		w.ws.add(&w.d[1], w.ws.maxSteps, w.ws.maxBatch, most)
	}
}

// widest returns the largest width between two parts, 0 if there is but one part.
func (w *chainWork) widest() (most int) {
	for i := range len(w.links) - 1 {
		most = max(most, w.links[i].width)
	}
	return most
}

func (w *chainWork) forward(x, y []float32) error {
	if len(w.links) == 0 {
		copy(y, x)
	}
	for _, l := range w.links {
		to := y
		if l.value >= 0 {
			to = w.values[l.value][:w.ws.rows()*l.width]
		}
		if err := l.forward(x, to); err != nil {
			return err
		}
		x = to
	}
	return nil
}

// backward ends at the first part with weights if dx is not wanted.
func (w *chainWork) backward(dy, dx []float32) error {
	for i := len(w.links) - 1; i >= 0; i-- {
		to := dx
		if i > 0 && (dx != nil || i > w.weighted) {
			to = w.d[i&1][:w.ws.rows()*w.links[i-1].width]
		}
		if to == nil && i < w.weighted {
			return nil
		}
		if err := w.links[i].backward(dy, to); err != nil {
			return err
		}
		dy = to
	}
	return nil
}
