// Command mkreference writes the reference of the language of equations into a page, between
// two marker lines, from the tables of package equation:
//
//	mkreference README.md
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/front"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: mkreference PAGE")
		os.Exit(2)
	}
	if err := refresh(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "mkreference:", err)
		os.Exit(1)
	}
}

// refresh writes the page unless it is up to date. Its lines may end in "\r\n", as a checkout
// may have made them.
func refresh(name string) error {
	page, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	page = front.WithoutCRLF(page)
	fresh, err := equation.Refresh(string(page))
	if err != nil || bytes.Equal([]byte(fresh), page) {
		return err
	}
	return os.WriteFile(name, []byte(fresh), 0o644)
}
