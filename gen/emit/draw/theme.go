package draw

import "fmt"

// The colours tell the states apart for every kind of colour vision (after Okabe & Ito
// 2008), on white paper whatever the page around it.
const (
	paper       shade = 0xffffff
	ink         shade = 0x1f2328
	faint       shade = 0x656d76
	line        shade = 0x7d8590
	leafFill    shade = 0xf3f5f7
	innerFill   shade = 0xffffff
	inColor     shade = 0xb84a00 // vermilion: c_{t-1} and its injection
	inFill      shade = 0xfdeee3
	productFill shade = 0xe6f1fa // of a product with a matrix
	outColor    shade = 0x0067a3 // blue: c_t
)

// shade is an opaque colour, 0xRRGGBB.
type shade uint32

// RGBA makes a shade a color.Color.
func (s shade) RGBA() (r, g, b, a uint32) {
	return uint32(s) >> 16 * 0x101, uint32(s) >> 8 & 0xff * 0x101, uint32(s) & 0xff * 0x101, 0xffff
}

// String returns the shade as CSS and Graphviz write it.
func (s shade) String() string { return fmt.Sprintf("#%06x", uint32(s)) }

// Sizes of text and strokes, in points.
const (
	titleSize  = 13
	textSize   = 12
	stateSize  = 15
	inputSize  = 11
	noteSize   = 10
	numberSize = 9
	thin       = 1   // of boxes and edges
	thick      = 1.6 // of the states' arrows
)

// Sizes of boxes and of the room between and around them, in points.
const (
	boxWidth     = 66
	numberHeight = 14
	rowHeight    = 17 // of a combination or an activation
	inputHeight  = 15
	footHeight   = 4
	corner       = 12 // the radius
	indent       = 7  // of the number

	leafGap   = 18
	levelGap  = 30
	slope     = 0.2 // of the flattest edge, so that wide pictures grow taller
	sideRoom  = 42  // beside a box, for an arrow and c_{t-1} or c_t
	topRoom   = 44  // above the root, for an arrow and h_t
	titleDrop = 33  // from the leaves down to the lines of the caption
	noteDrop  = 47
	footRoom  = 57
	margin    = 14
)

// Sizes of the graph of a cell of equations, in points.
const (
	leastWidth = 30
	vertexGap  = 14 // between vertices of a level
	riseGap    = 26 // between levels
	stubGap    = 12 // between the edges to one vertex
	titleGap   = 30 // from the graph down to its caption
	lineHeight = 14 // of the caption
	docWidth   = 90 // characters of a line of the doc
)
