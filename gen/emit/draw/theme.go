package draw

// The colours tell the states apart for every kind of colour vision (after Okabe
// & Ito 2008), on white paper whatever the page around it is.
const (
	paper     = "#ffffff"
	ink       = "#1f2328"
	faint     = "#656d76"
	line      = "#7d8590"
	leafFill  = "#f3f5f7"
	innerFill = "#ffffff"
	inColor   = "#b84a00" // vermilion: c_{t-1} and its injection
	inFill    = "#fdeee3"
	outColor  = "#0067a3" // blue: c_t
)

// fonts is a list as CSS has it, of fonts with the same widths where they exist.
const fonts = "Helvetica,Arial,sans-serif"

// Sizes of text, which labels want whole, and of strokes, in points.
const (
	titleSize  = 13
	textSize   = 12
	stateSize  = 15
	inputSize  = 11
	noteSize   = 10
	numberSize = 9
	stroke     = 1.0
	mainStroke = 1.6 // of the states' edges
	arrowSize  = 0.6 // in units of Graphviz' own
	padding    = 14.0
)

// Sizes of boxes and of the room between them, in points. Heights are whole, as
// tables want them.
const (
	boxWidth     = 64
	numberHeight = 13
	stepHeight   = 17 // of a combination or an activation
	inputHeight  = 15
	footHeight   = 3
	border       = 1

	leafGap  = 20.0
	levelGap = 30.0
	slope    = 0.2  // of the flattest edge, so that wide pictures grow taller
	sideRoom = 42.0 // from a box to the middle of its c_{t-1} or c_t
)
