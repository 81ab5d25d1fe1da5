// Package front is what the compiler's front ends share: what a source says about its
// cell besides the graph, which names and docs Go can take, places in a source, and
// mistakes.
package front

// Head is what a source says about its cell besides the graph. It also heads the
// generated package.
type Head struct {
	Name      string  // the cell's, a Go identifier
	Package   string  // the generated package's
	Doc       string  // of the package; may be empty
	Source    string  // all that decides what the cell computes, in the canonical form; its front end reads it back
	Text      Section // the source in short
	Equations Section // what the source means; empty if the text says it
}

// Section is a title and the lines below it.
type Section struct {
	Title string
	Lines []string
}
