package draw

import (
	"fmt"
	"html"
	"strings"
)

// Ports of a box, for the edges of the states.
const (
	combinePort = "combine"
	injectPort  = "inject"
)

// Places in a cell.
var (
	left   = attr{"ALIGN", "LEFT"}
	right  = attr{"ALIGN", "RIGHT"}
	top    = attr{"VALIGN", "TOP"}
	bottom = attr{"VALIGN", "BOTTOM"}
)

const (
	before = "t−1"    // the subscript of what the previous step left
	nbsp   = "\u00a0" // Graphviz drops common blanks at the ends
)

// element is an element of Graphviz' HTML-like labels.
func element(name string, attrs []attr, content ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<%s", name)
	for _, a := range attrs {
		fmt.Fprintf(&b, ` %s="%s"`, a.key, html.EscapeString(a.value))
	}
	fmt.Fprintf(&b, ">%s</%s>", strings.Join(content, ""), name)
	return b.String()
}

// text is words in a size and a colour.
func text(words string, size int, color string) string {
	return element("FONT", []attr{{"POINT-SIZE", fmt.Sprint(size)}, {"COLOR", color}}, html.EscapeString(words))
}

// table is rows without lines between them.
func table(attrs []attr, rows ...string) string {
	bare := []attr{{"CELLBORDER", "0"}, {"CELLSPACING", "0"}}
	return element("TABLE", append(bare, attrs...), rows...)
}

// row is a row with one cell.
func row(height int, content string, attrs ...attr) string {
	return element("TR", nil, sized(boxWidth, height, content, attrs...))
}

func cell(content string, attrs ...attr) string { return element("TD", attrs, content) }

// sized is a cell of a given size.
func sized(width, height int, content string, attrs ...attr) string {
	size := []attr{{"FIXEDSIZE", "TRUE"}, {"WIDTH", fmt.Sprint(width)}, {"HEIGHT", fmt.Sprint(height)}}
	return cell(content, append(size, attrs...)...)
}

// box is the label of node k. As in figure 5, what is done first stands lowest;
// from the bottom: a leaf's inputs, combination, activation, then combination
// and activation of the injection.
func box(t *tree, k int) string {
	n := t.nodes[k]
	rows := []string{row(numberHeight, text(nbsp+nbsp+fmt.Sprint(k), numberSize, faint), left)}
	if k == t.injIdx {
		tint := attr{"BGCOLOR", inFill}
		rows = append(rows,
			row(stepHeight, text(t.inject.activate.Name, textSize, inColor), tint),
			row(stepHeight, text(t.inject.combine.Name, textSize, inColor), tint, attr{"PORT", injectPort}))
	}
	rows = append(rows,
		row(stepHeight, text(n.activate.Name, textSize, ink)),
		row(stepHeight, text(n.combine.Name, textSize, ink), attr{"PORT", combinePort}))
	fill := innerFill
	if n.leaf() {
		fill = leafFill
		rows = append(rows, row(inputHeight, inputs()))
	}
	rows = append(rows, row(footHeight, ""))
	frame := []attr{{"BORDER", fmt.Sprint(border)}, {"CELLPADDING", "0"}, {"STYLE", "ROUNDED"}, {"COLOR", line}, {"BGCOLOR", fill}}
	return table(frame, rows...)
}

// inputs are x_t and h_{t-1}, which every leaf takes. The cells fill the box:
// Graphviz would stretch them otherwise.
func inputs() string {
	letter := func(l string, width int) string {
		return sized(width, inputHeight, text(l, inputSize, faint), right, top)
	}
	index := func(s string, width int) string {
		return sized(width, inputHeight, text(s, subscript(inputSize), faint), left, bottom)
	}
	return symbols(letter("x", 18), index("t", 13), letter("h", 8), index(before, boxWidth-18-13-8))
}

// symbol is a letter and its subscript, side by side: the subscripts of labels
// and of Unicode come out differently from browser to browser.
func symbol(letter, index string, size int, color string) string {
	height := attr{"HEIGHT", fmt.Sprint(size + size/2)}
	return cell(text(letter, size, color), top, height) + cell(text(index, subscript(size), color), bottom)
}

// subscript is the size of a subscript, of a letter's size.
func subscript(size int) int { return (2*size + 1) / 3 }

// symbols stands cells side by side.
func symbols(cells ...string) string {
	return table([]attr{{"BORDER", "0"}, {"CELLPADDING", "0"}}, element("TR", nil, cells...))
}

// state is the label of something that enters or leaves the cell, with room
// for an arrow to end.
func state(letter, index, color string) string {
	return table([]attr{{"BORDER", "0"}, {"CELLPADDING", "3"}}, element("TR", nil, cell(symbols(symbol(letter, index, stateSize, color)))))
}

// caption names the cell, and says which value of its node c_t is.
func caption(t *tree) string {
	note := fmt.Sprintf(nbsp+nbsp+"is the value of node %d before its activation", t.cIdx)
	return table([]attr{{"BORDER", "0"}, {"CELLPADDING", "0"}},
		element("TR", nil, cell(element("B", nil, text(t.name, titleSize, ink)), attr{"HEIGHT", "34"}, bottom)),
		element("TR", nil, cell(symbols(symbol("c", "t", noteSize, outColor), cell(text(note, noteSize, faint), top)))))
}
