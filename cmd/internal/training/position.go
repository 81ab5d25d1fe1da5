package training

// Position is how far training is.
type Position struct {
	Epoch  int     `json:"epoch"`  // done and evaluated
	Chunk  int     `json:"chunk"`  // done in the epoch after them
	Update int     `json:"update"` // done in all
	Nats   float64 `json:"nats"`   // the sum of the mean losses of the epoch's chunks

	PartNats   float64 `json:"partnats"` // the same since the curve's last point
	PartChunks int     `json:"partchunks"`

	Best      Best    `json:"best"`
	LastNats  float64 `json:"lastnats"`  // of the last update
	TrainNats float64 `json:"trainnats"` // of the last whole epoch
	Seconds   float64 `json:"seconds"`   // that training took
	Curve     []Point `json:"curve"`
}

// Best is the best evaluation.
type Best struct {
	Epoch int     `json:"epoch"` // counted from 1; 0 if there is none
	Nats  float64 `json:"nats"`  // per symbol
}

// Point is a point of the curve.
type Point struct {
	Update  int      `json:"update"`
	Epoch   float64  `json:"epoch"`             // with its fraction
	Train   float64  `json:"train"`             // nats per symbol since the last point
	HeldOut *float64 `json:"heldout,omitempty"` // nats per symbol, at the end of an epoch
	Rate    float64  `json:"rate"`
	Seconds float64  `json:"seconds"`
}

// partsOfEpoch is how many points of the curve an epoch has.
const partsOfEpoch = 10

// advance counts an update of the epoch.
func (t *Trainer) advance(nats float64) {
	t.Chunk++
	t.Update++
	t.Nats += nats
	t.PartNats += nats
	t.PartChunks++
	t.LastNats = nats
}

// atPoint reports whether a part of the epoch has just ended.
func (t *Trainer) atPoint() bool {
	part := func(done int) int64 { return partsOfEpoch * int64(done) / int64(t.Chunks()) }
	return part(t.Chunk) > part(t.Chunk-1)
}

// mark adds a point to the curve.
func (t *Trainer) mark() {
	t.Curve = append(t.Curve, Point{
		Update: t.Update, Epoch: float64(t.Epoch) + float64(t.Chunk)/float64(t.Chunks()),
		Train: t.PartNats / float64(t.PartChunks), Rate: t.optimizer.LearningRate, Seconds: t.Seconds,
	})
	t.PartNats, t.PartChunks = 0, 0
}

// Finished reports whether all epochs are done.
func (t *Trainer) Finished() bool { return t.Epoch >= t.options.Epochs }
