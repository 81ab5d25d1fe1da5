package draw

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/equation"
)

// Formats returns the names of the formats that Render writes.
func Formats() []string { return []string{"dot", "svg", "png"} }

// Render writes the picture of a cell with the given name, in one of Formats. Equal cells
// give equal bytes. Errors are an unknown format, a failure to draw, after which nothing
// has been written, and a failure to write.
func Render(name string, c *cell.Cell, format string, w io.Writer) error {
	t := &tree{c, name}
	return render(format, w, func() []byte { return dot(t) }, func() picture { return newPainter(t) })
}

// RenderCell is Render for a cell of equations.
func RenderCell(c *equation.Cell, format string, w io.Writer) error {
	return render(format, w, func() []byte { return graphDot(newGraph(c)) }, func() picture { return newGraphPainter(newGraph(c)) })
}

// picture is what can be painted: a page, and how.
type picture interface {
	page() (width, height vg.Length)
	paint(vg.Canvas)
}

func render(format string, w io.Writer, dot func() []byte, painter func() picture) error {
	var out []byte
	var err error
	switch format {
	case "dot":
		out = dot()
	case "svg":
		out, err = svg(painter())
	case "png":
		out, err = png(painter())
	default:
		err = fmt.Errorf("unknown format %q; want one of %s", format, strings.Join(Formats(), ", "))
	}
	if err == nil {
		_, err = w.Write(out)
	}
	if err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	return nil
}

// families are the fonts of SVG and DOT: our own, others of the same widths, and any
// without serifs.
const families = "Liberation Sans,Helvetica,Arial,sans-serif"

// svg returns a picture that uses the viewer's fonts. vgsvg names only the first of them.
func svg(p picture) ([]byte, error) {
	out, err := paint(p, vgsvg.New(p.page()))
	const first = "font-family:Liberation Sans;"
	return bytes.ReplaceAll(out, []byte(first), []byte("font-family:"+families+";")), err
}

// png returns a picture as sharp as a screen, but limits its pixels, so that a large cell
// does not fill the memory.
func png(p picture) ([]byte, error) {
	const sharp, most = 192, 8000
	width, height := p.page()
	resolution := int(min(sharp, most/(width/vg.Inch)))
	page := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(resolution))
	return paint(p, vgimg.PngCanvas{Canvas: page})
}

func paint(p picture, page vg.CanvasWriterTo) ([]byte, error) {
	p.paint(page)
	var out bytes.Buffer
	_, err := page.WriteTo(&out)
	return out.Bytes(), err
}
