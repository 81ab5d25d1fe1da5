package nn

import (
	"fmt"
	"math"
	"math/bits"
)

// Dropout sets values to 0, each with a probability of rate, and multiplies the others by
// 1/(1−rate) (Srivastava et al. 2014, section 10). It chooses anew for each value of each step.
// See [State.Train] for when, and for which masks. A rate outside [0, 1) is an error of
// [NewStack].
func Dropout(rate float64) Part { return newDropout("Dropout", rate, false) }

// VariationalDropout is [Dropout] with one choice for a whole sequence: a row has the same units
// dropped in all its steps (Gal & Ghahramani 2016, arXiv:1512.05287).
func VariationalDropout(rate float64) Part { return newDropout("VariationalDropout", rate, true) }

func newDropout(name string, rate float64, variational bool) Part {
	return Part{func(b *builder, input int) (part, error) {
		if err := checkDropRate(rate); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		b.masks++
		return &dropout{masks: newMasks(rate, b.masks), width: input, variational: variational}, nil
	}}
}

func checkDropRate(rate float64) error {
	if !(rate >= 0 && rate < 1) {
		return fmt.Errorf("rate is %v, want a number in [0, 1)", rate)
	}
	return nil
}

type dropout struct {
	masks
	width       int
	variational bool
}

func (d *dropout) output() int   { return d.width }
func (d *dropout) weights() bool { return false }
func (d *dropout) describe(*Model) Description {
	kind := "dropout"
	if d.variational {
		kind = "variational_dropout"
	}
	return Description{Part: kind, Rate: d.rate}
}

func (d *dropout) newWork(ws *Workspace) (work, error) { return &dropoutWork{d, ws}, nil }

type dropoutWork struct {
	*dropout
	ws *Workspace
}

func (w *dropoutWork) forward(x, y []float32) error    { return w.apply(x, y) }
func (w *dropoutWork) backward(dy, dx []float32) error { return w.apply(dy, dx) }

// apply multiplies by the masks; to may be from.
func (w *dropoutWork) apply(from, to []float32) error {
	for i := range w.ws.rows() {
		t, q := i/w.ws.batch, w.ws.sequences[i%w.ws.batch]
		q.step += uint64(t)
		if w.variational {
			q.step = 0
		}
		w.drop(to[i*w.width:][:w.width], from[i*w.width:][:w.width], q)
	}
	return nil
}

// masks are the masks of one part: for each sequence and step one value for each unit, 0 or
// scale.
type masks struct {
	rate  float64
	part  uint64
	least int64 // what is dropped, of 2³² equally likely numbers: those below
	scale float32
}

func newMasks(rate float64, part int) masks {
	return masks{rate, uint64(part), int64(rate * (1 << 32)), float32(1 / (1 - rate))}
}

// drop multiplies values by the mask of a step, if the sequence drops any. The mask depends on
// nothing else than the sequence, the step, the part and the place of the value.
func (m *masks) drop(to, from []float32, q sequence) {
	if !q.drops {
		copy(to, from)
		return
	}
	random, least, scale := mix(mix(q.key^bits.Reverse64(m.part))^q.step), m.least, m.scale
	for len(to) > 1 {
		numbers := mix(random)
		random += 2
		to[0], to[1] = keep(from[0]*scale, numbers, least), keep(from[1]*scale, numbers>>32, least)
		to, from = to[2:], from[2:]
	}
	if len(to) == 1 {
		to[0] = keep(from[0]*scale, mix(random), least)
	}
}

// keep returns v, or 0 if the lower half of a random number is below least: without a branch,
// which would often be predicted wrong.
func keep(v float32, number uint64, least int64) float32 {
	dropped := uint32((int64(number&(1<<32-1)) - least) >> 63) // all ones or none
	return math.Float32frombits(math.Float32bits(v) &^ dropped)
}

// sequence says whether a row drops values, and with which masks: those of a key, from a step on.
type sequence struct {
	drops     bool
	key, step uint64
}

// mix scatters the bits of a number (splitmix64, Steele et al. 2014, figure 17).
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
