// Package picture draws the cells of every front end.
package picture

import (
	"bytes"
	"errors"

	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/emit/draw"
)

// Of draws a cell in one of draw.Formats.
func Of(source gen.Source, format string) ([]byte, error) {
	var b bytes.Buffer
	if c := read.Equations(source); c != nil {
		err := draw.RenderCell(c, format, &b)
		return b.Bytes(), err
	}
	s, ok := source.(*cell.Spec)
	if !ok {
		return nil, errors.New("only cells written as tokens or as equations can be drawn")
	}
	err := draw.Render(s.Name, s.Cell, format, &b)
	return b.Bytes(), err
}
