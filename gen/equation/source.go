package equation

import (
	"strings"

	"github.com/cellgen/cellgen/gen/front"
)

// Head returns what the file says besides the graph. Its text is the file in the canonical
// form.
func (c *Cell) Head() front.Head {
	return front.Head{
		Name: c.Name, Doc: c.Doc, Source: c.File.bare().String(),
		Text: front.Section{
			Title: "Source, with s for a state at t-1 and s' for it at t",
			Lines: strings.Split(strings.TrimRight(c.String(), "\n"), "\n"),
		},
	}
}

// String returns the file in the canonical form.
func (c *Cell) String() string { return c.File.String() }

// bare returns the file without docs, comments and blank lines.
func (f *File) bare() *File {
	b := new(File)
	for _, l := range f.Lines {
		if h, ok := l.Item.(*Header); ok {
			l.Item = &Header{Name: h.Name}
		}
		if l.Item != nil {
			b.Lines = append(b.Lines, Line{Item: l.Item})
		}
	}
	return b
}
