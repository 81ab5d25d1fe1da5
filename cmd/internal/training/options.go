// Package training trains language models: a [Trainer] takes them through a text, and keeps in a
// [Folder] the best model, a checkpoint to go on from, and the curve of the losses.
//
// Everything that decides the numbers is in the checkpoint: weights, the optimizer's moments, the
// place in the text and in the schedule, the recurrent states of all rows. Random numbers follow
// from the seed and the number of the update alone. So a run that is interrupted, however it is,
// and goes on from its checkpoint makes the same model bit for bit as a run that is not, on the
// same machine.
package training

import (
	"errors"
	"fmt"
	"math"

	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/runtime/nn"
)

// Options say how a model is trained. Messages name the flags that set them.
type Options struct {
	language.Options
	Epochs   int     // passes over the text
	Batch    int     // rows, each a stripe of the text
	Steps    int     // of back-propagation through time
	Shards   int     // equal parts of the batch, computed at the same time
	Rate     float64 // AdamW's learning rate at its highest
	Schedule string  // of the rate: one of Schedules
	Warmup   int     // updates in which the rate rises
	LastRate float64 // the rate at the end of the schedule, as a fraction of Rate
	Decay    float64 // AdamW's weight decay
	Clip     float64 // largest norm of the gradients
	Shared   bool    // whether other trainers work in this process meanwhile: then no share of products is known
}

// Schedules are the names of schedules.
var Schedules = []string{cosine, constant}

const (
	cosine   = "cosine"
	constant = "constant"
)

// adamBeta2 is what the means of squared gradients are multiplied by in an update: runs of a few
// thousand updates gain from means that are shorter than Adam's usual ones.
const adamBeta2 = 0.99

// schedule returns the learning rates of a number of updates.
func (o *Options) schedule(updates int) nn.Schedule {
	rest := max(updates-o.Warmup, 1)
	if o.Schedule == constant {
		return nn.Warmup(o.Warmup, nn.Constant(o.Rate))
	}
	return nn.Warmup(o.Warmup, nn.Cosine(o.Rate, o.Rate*o.LastRate, rest))
}

// Check returns an error if a value is out of range.
func (o *Options) Check() error {
	for _, n := range []struct {
		flag         string
		value, least int
	}{
		{"epochs", o.Epochs, 1},
		{"hidden", o.Hidden, 1},
		{"embed", o.Embed, 1},
		{"layers", o.Layers, 1},
		{"project", o.Project, 0},
		{"batch", o.Batch, 1},
		{"steps", o.Steps, 1},
		{"shards", o.Shards, 1},
		{"warmup", o.Warmup, 0},
	} {
		if n.value < n.least {
			return fmt.Errorf("-%s is %d, want at least %d", n.flag, n.value, n.least)
		}
	}
	if o.Batch%o.Shards != 0 {
		return fmt.Errorf("-batch is %d, want a multiple of -shards, %d", o.Batch, o.Shards)
	}
	if o.Schedule != cosine && o.Schedule != constant {
		return fmt.Errorf("-schedule is %q%s, want %s or %s", o.Schedule, front.Nearest(o.Schedule, Schedules), cosine, constant)
	}
	return errors.Join(o.checkReals(), o.checkFractions())
}

func (o *Options) checkReals() error {
	for _, r := range []struct {
		flag         string
		value, least float64
	}{
		{"rate", o.Rate, math.SmallestNonzeroFloat32},
		{"clip", o.Clip, 0x1p-126}, // what ClipGradients takes
	} {
		if v := float64(float32(r.value)); !(v >= r.least) || math.IsInf(v, 0) {
			return fmt.Errorf("-%s is %v, want a float32 of at least %.3g", r.flag, r.value, r.least)
		}
	}
	if !(o.Decay >= 0) || o.Decay*o.Rate > 1 {
		return fmt.Errorf("-decay is %v, want a number from 0 to 1/rate, %.3g", o.Decay, 1/o.Rate)
	}
	return nil
}

func (o *Options) checkFractions() error {
	for _, r := range []struct {
		flag  string
		value float64
		most  float64
	}{
		{"dropout", o.Dropout, 0.99},
		{"embeddropout", o.EmbedDropout, 0.99},
		{"recurrentdropout", o.RecurrentDropout, 0.99},
		{"lastrate", o.LastRate, 1},
	} {
		if !(r.value >= 0 && r.value <= r.most) {
			return fmt.Errorf("-%s is %v, want a number from 0 to %v", r.flag, r.value, r.most)
		}
	}
	return nil
}
