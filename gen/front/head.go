// Package front is what the compiler's front ends share: what a source says of
// its cell besides the graph, which names and texts Go can take, places in a
// source, and mistakes.
package front

// Head is what a source says of its cell besides the graph. The head of the
// generated package says it too.
type Head struct {
	Name      string // the cell's, a Go identifier
	Package   string // the generated package's
	Doc       string // of the package; empty for none
	Bias      bool   // whether the recurrent products have a bias
	Text      Section
	Equations Section
}

// Section is lines of a text and the title that they stand under; there are both.
// Head's Text is the source in short, its Equations are what the source means.
type Section struct {
	Title string
	Lines []string
}
