package front

import (
	"fmt"
	"go/token"
	"strings"
	"unicode"
)

// maxName bounds names, which become names of files.
const maxName = 100

// CheckName returns what is wrong with a cell's name, or "".
func CheckName(name string) string {
	switch {
	case name == "":
		return "the name is empty"
	case token.IsKeyword(name):
		return fmt.Sprintf("name %s is a Go keyword", Quote(name))
	case len(name) > maxName:
		return fmt.Sprintf("name %s has %d bytes; the limit is %d", Quote(name), len(name), maxName)
	case strings.HasPrefix(name, "_"):
		return fmt.Sprintf("name %s begins with an underscore; Go would not build its file", Quote(name))
	case !isASCIIIdentifier(name):
		return fmt.Sprintf("name %s is not a Go identifier of ASCII letters, digits and underscores", Quote(name))
	}
	return ""
}

// CheckPackage returns what is wrong with a package's name, or "".
func CheckPackage(name string) string {
	switch {
	case name == "":
		return "the package name is empty"
	case token.IsKeyword(name):
		return fmt.Sprintf("package %s is a Go keyword", Quote(name))
	case !isASCIIIdentifier(name):
		return fmt.Sprintf("package %s is not a Go identifier of ASCII letters, digits and underscores", Quote(name))
	case len(name) > maxName:
		return fmt.Sprintf("package %s has %d bytes; the limit is %d", Quote(name), len(name), maxName)
	case strings.HasPrefix(name, "_"):
		return fmt.Sprintf("package %s begins with an underscore; Go would not build its file", Quote(name))
	case name == "main" || name == "init" || name == "runtime" || name == "documentation":
		return fmt.Sprintf("package %s cannot be imported as a cell", Quote(name))
	case strings.HasSuffix(name, "_test"):
		return fmt.Sprintf("package %s ends in _test, as the packages of Go's external tests do", Quote(name))
	}
	return ""
}

func isASCIIIdentifier(s string) bool {
	for _, r := range s {
		if r > unicode.MaxASCII {
			return false
		}
	}
	return token.IsIdentifier(s)
}

// CheckDoc returns what is wrong with a doc, or "". A doc becomes line comments, and
// must be nothing else to Go or to a reader.
func CheckDoc(doc string) string {
	for _, r := range doc {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return fmt.Sprintf("doc has the character %U, which is not printable", r)
		}
	}
	for line := range strings.Lines(doc) {
		word := strings.TrimSpace(line)
		if strings.HasPrefix(word, "+build") || strings.HasPrefix(word, "go:") {
			return fmt.Sprintf("doc has the line %s, which Go reads as a directive", Quote(word))
		}
	}
	return ""
}
