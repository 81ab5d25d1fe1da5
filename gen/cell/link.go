package cell

import (
	"fmt"
	"path/filepath"

	"github.com/cellgen/cellgen/gen/front"
)

// Link is a spec that names the file of its cell, instead of having tokens.
type Link struct {
	front.Position        // of the name
	File           string // relative to the spec's folder, with slashes
	Package, Doc   string // empty if the spec does not say
}

// checkFile returns what is wrong with the name of a cell's file, or "".
func checkFile(name string) string {
	if filepath.Ext(name) != ".cell" {
		return fmt.Sprintf("cell is %s, want the name of a .cell file", front.Quote(name))
	}
	return ""
}
