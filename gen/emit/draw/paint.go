package draw

import (
	"bytes"
	"context"

	"github.com/fogleman/gg"
	"github.com/goccy/go-graphviz/gvc"
)

// painter paints what Graphviz has laid out. It stands in for the library's own
// painter, which fills curves that should be lines, keeps lines and letters
// small where the picture is enlarged, and takes what fonts the system has.
type painter struct {
	gvc.DefaultRenderEngine
	page  *gg.Context
	scale float64 // pixels in a point
}

// BeginPage makes the page.
func (p *painter) BeginPage(_ context.Context, job *gvc.Job) error {
	p.page = gg.NewContext(int(job.Width()), int(job.Height()))
	p.page.SetHexColor(paper) // Graphviz' own paper ends between pixels
	p.page.Clear()
	p.page.SetLineCapButt()
	p.scale = job.Scale().X()
	origin := job.Translation()
	p.page.Translate(p.scale*origin.X(), -p.scale*origin.Y())
	return nil
}

// EndPage hands the page over.
func (p *painter) EndPage(_ context.Context, job *gvc.Job) error {
	var out bytes.Buffer
	if err := p.page.EncodePNG(&out); err != nil {
		return err
	}
	job.SetOutputData(out.Bytes())
	job.SetOutputDataPosition(uint(out.Len()))
	return nil
}

// Polygon paints arrowheads, the paper and the background of rows.
func (p *painter) Polygon(_ context.Context, job *gvc.Job, corners []*gvc.PointFloat, filled bool) error {
	for _, c := range corners {
		p.page.LineTo(p.at(c))
	}
	p.page.ClosePath()
	p.finish(job.Object(), filled)
	return nil
}

// Polyline paints lines.
func (p *painter) Polyline(_ context.Context, job *gvc.Job, points []*gvc.PointFloat) error {
	for _, c := range points {
		p.page.LineTo(p.at(c))
	}
	p.finish(job.Object(), false)
	return nil
}

// BezierCurve paints edges and boxes. Graphviz fills a box with a transparent
// pen and draws its frame then; it calls both filled, and edges too.
func (p *painter) BezierCurve(_ context.Context, job *gvc.Job, points []*gvc.PointFloat, _ bool) error {
	p.page.MoveTo(p.at(points[0]))
	for i := 1; i+2 < len(points); i += 3 {
		x1, y1 := p.at(points[i])
		x2, y2 := p.at(points[i+1])
		x3, y3 := p.at(points[i+2])
		p.page.CubicTo(x1, y1, x2, y2, x3, y3)
	}
	p.finish(job.Object(), !opaque(job.Object().PenColor()))
	return nil
}

// finish fills the path, and draws it with the pen if that is to be seen.
func (p *painter) finish(o *gvc.ObjectState, filled bool) {
	if filled {
		p.color(o.FillColor())
		p.page.FillPreserve()
	}
	if opaque(o.PenColor()) {
		p.color(o.PenColor())
		p.page.SetLineWidth(o.PenWidth() * p.scale)
		p.page.StrokePreserve()
	}
	p.page.ClearPath()
}

// TextSpan paints words. Graphviz has given them the room that they would need
// in Helvetica; they are put in its middle.
func (p *painter) TextSpan(_ context.Context, job *gvc.Job, at *gvc.PointFloat, span *gvc.TextSpan) error {
	width := span.Size().X() * p.scale
	x, y := p.at(at)
	switch span.Just() {
	case 'l':
		x += width / 2
	case 'r':
		x -= width / 2
	}
	face, err := face(span.Font(), p.scale)
	if err != nil {
		return err
	}
	p.page.SetFontFace(face)
	p.color(job.Object().PenColor())
	p.page.DrawStringAnchored(span.Text(), x, y-span.YOffsetCenterLine()*p.scale, 0.5, 0)
	return nil
}

// at returns a place of the layout, whose y goes upwards, in pixels.
func (p *painter) at(q *gvc.PointFloat) (x, y float64) { return p.scale * q.X(), -p.scale * q.Y() }

func (p *painter) color(c *gvc.Color) {
	rgba := c.RGBAUint()
	p.page.SetRGBA255(int(rgba[0]), int(rgba[1]), int(rgba[2]), int(rgba[3]))
}

func opaque(c *gvc.Color) bool { return c.RGBAUint()[3] > 0 }
