package draw

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-graphviz"
	"github.com/goccy/go-graphviz/gvc"

	"github.com/cellgen/cellgen/gen/ir"
)

// Formats returns the names of the formats that Render writes.
func Formats() []string { return []string{"dot", "svg", "png"} }

// Render writes the picture of a graph as gen.Lower writes it, in a format.
// Equal graphs give equal bytes. Nothing is written if drawing fails.
func Render(f *ir.Func, format string, w io.Writer) error {
	if !slices.Contains(Formats(), format) {
		return fmt.Errorf("draw: no format %q; there are %s", format, strings.Join(Formats(), ", "))
	}
	l := newLayout(readTree(f))
	out := source(l)
	if format != "dot" {
		var err error
		if out, err = run(out, graphviz.Format(format), resolution(l)); err != nil {
			return fmt.Errorf("draw: rendering %s: %w", format, err)
		}
	}
	if _, err := w.Write(out); err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	return nil
}

// resolution returns the pixels in an inch of a PNG: as sharp as screens are,
// but not so many in all that a large cell fills the memory.
func resolution(l *layout) float64 {
	const sharp, most = 192, 16000
	width := float64(len(l.nodes)/2+1) * (boxWidth + leafGap) / 72
	return min(sharp, most/width)
}

// engine guards Graphviz, which is one machine in one memory.
var engine sync.Mutex

// run lays a picture out and writes it.
func run(src []byte, format graphviz.Format, dpi float64) (out []byte, err error) {
	engine.Lock()
	defer engine.Unlock()
	ctx := context.Background()
	g, err := newGraphviz(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, g.Close()) }()
	graph, err := graphviz.ParseBytes(src)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, graph.Close()) }()
	if format == graphviz.PNG {
		graph.SetDPI(dpi)
	}
	var b bytes.Buffer
	if err := g.SetLayout(graphviz.NEATO).Render(ctx, graph, format, &b); err != nil {
		return nil, err
	}
	if b.Len() == 0 {
		return nil, errors.New("graphviz wrote nothing")
	}
	return b.Bytes(), nil
}

// newGraphviz returns Graphviz with our painter.
func newGraphviz(ctx context.Context) (*graphviz.Graphviz, error) {
	render, err := gvc.NewRenderPlugin(ctx, "png", new(painter))
	if err != nil {
		return nil, err
	}
	device, err := gvc.PNGDevicePlugin(ctx)
	if err != nil {
		return nil, err
	}
	return graphviz.NewWithPlugins(ctx, render, device)
}
