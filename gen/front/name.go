package front

import (
	"fmt"
	"go/token"
	"strings"
	"unicode"
)

// maxName bounds names, which become those of files.
const maxName = 100

// CheckName says what is wrong with a cell's name, or nothing.
func CheckName(name string) string {
	switch {
	case name == "":
		return "the name is empty"
	case token.IsKeyword(name):
		return fmt.Sprintf("name %s is a Go keyword", Quote(name))
	case len(name) > maxName:
		return fmt.Sprintf("name %s has %d bytes; the most is %d", Quote(name), len(name), maxName)
	case strings.HasPrefix(name, "_"):
		return fmt.Sprintf("name %s begins with an underscore: Go would not build its file", Quote(name))
	case !isASCIIIdentifier(name):
		return fmt.Sprintf("name %s is no Go identifier of ASCII letters, digits and underscores", Quote(name))
	}
	return ""
}

// CheckPackage says what is wrong with a package name, or nothing.
func CheckPackage(name string) string {
	switch {
	case name == "":
		return "the package name is empty"
	case token.IsKeyword(name):
		return fmt.Sprintf("package %s is a Go keyword", Quote(name))
	case !isASCIIIdentifier(name):
		return fmt.Sprintf("package %s is no Go identifier of ASCII letters, digits and underscores", Quote(name))
	case len(name) > maxName:
		return fmt.Sprintf("package %s has %d bytes; the most is %d", Quote(name), len(name), maxName)
	case strings.HasPrefix(name, "_"):
		return fmt.Sprintf("package %s begins with an underscore: Go would not build its file", Quote(name))
	case name == "main" || name == "init" || name == "runtime" || name == "documentation":
		return fmt.Sprintf("package %s cannot be imported as a cell", Quote(name))
	case strings.HasSuffix(name, "_test"):
		return fmt.Sprintf("package %s is what Go calls an external test", Quote(name))
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

// CheckDoc says what is wrong with a doc text, or nothing: it becomes line
// comments, and must be nothing else to Go or to a reader.
func CheckDoc(doc string) string {
	for _, r := range doc {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return fmt.Sprintf("doc has the character %U, which is not printed", r)
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
