package draw

import (
	"sync"

	"github.com/goccy/go-graphviz/gvc"
	"github.com/golang/freetype/truetype"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// The fonts of a PNG are our own, for the picture to be the same everywhere.
var (
	regular = sync.OnceValues(func() (*truetype.Font, error) { return truetype.Parse(goregular.TTF) })
	bold    = sync.OnceValues(func() (*truetype.Font, error) { return truetype.Parse(gobold.TTF) })
)

// Go's letters are wider than Helvetica's by this much.
const wider = 1.06

// boldFlag is Graphviz' HTML_BF.
const boldFlag = 1

// face returns the font that stands in for the one that Graphviz asks for.
func face(f *gvc.TextFont, scale float64) (font.Face, error) {
	parsed, err := regular()
	if f.Flags()&boldFlag != 0 {
		parsed, err = bold()
	}
	if err != nil {
		return nil, err
	}
	return truetype.NewFace(parsed, &truetype.Options{Size: f.Size() * scale / wider}), nil
}
