package training

import (
	"bytes"
	"encoding/json"
	"io"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/cellgen/cellgen/cmd/cellgen/chart"
	"github.com/cellgen/cellgen/runtime/replace"
)

// jsonLines returns the points, one a line.
func jsonLines(curve []Point) ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	for _, p := range curve {
		if err := e.Encode(p); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), nil
}

// picture draws the losses over the epochs.
func picture(curve []Point) ([]byte, error) {
	p := chart.New("", "epoch", "nats per symbol")
	var train, heldOut plotter.XYs
	for _, point := range curve {
		train = append(train, plotter.XY{X: point.Epoch, Y: point.Train})
		if point.HeldOut != nil {
			heldOut = append(heldOut, plotter.XY{X: point.Epoch, Y: *point.HeldOut})
		}
	}
	for i, line := range []struct {
		name   string
		points plotter.XYs
	}{{"training", train}, {"held out", heldOut}} {
		if len(line.points) == 0 {
			continue
		}
		l, err := plotter.NewLine(line.points)
		if err != nil {
			return nil, err
		}
		l.Color = chart.Colours[i]
		p.Add(l)
		p.Legend.Add(line.name, l)
	}
	p.Legend.Top = true
	return chart.Picture("svg", 16*vg.Centimeter, 10*vg.Centimeter, p)
}

func write(path string, data []byte) error {
	return replace.Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
