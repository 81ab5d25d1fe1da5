package equation

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/gen/op"
)

// The lines of a page between which Refresh writes the reference.
const (
	referenceBegin = "<!-- The reference: go generate writes it from the tables. -->\n"
	referenceEnd   = "<!-- The end of the reference. -->\n"
)

// Refresh returns a page of Markdown with the text between its two marker lines replaced by
// the Reference.
func Refresh(page string) (string, error) {
	before, rest, begins := strings.Cut(page, referenceBegin)
	_, after, ends := strings.Cut(rest, referenceEnd)
	if !begins || !ends {
		return "", errors.New("equation: the page lacks the marker lines of the reference")
	}
	return before + referenceBegin + "\n" + Reference() + "\n" + referenceEnd + after, nil
}

// Reference returns what the language has, from the tables, as Markdown: functions,
// initialisers, limits, and what is refused.
func Reference() string {
	var b strings.Builder
	referFunctions(&b)
	referInitialisers(&b)
	referLimits(&b)
	referRefusals(&b)
	return b.String()
}

func referFunctions(b *strings.Builder) {
	fmt.Fprintf(b, "### Functions\n\nThe bound is for kernels, which compute in float32, in Go, AVX2 and AVX-512. It is in units\nin the last place of the exact result, or of 2⁻⁹⁵, below which numbers count as 0. `+`, `-`,\n`*` and `/` are rounded once (%v ULP).\n\n", op.Add.ULP)
	writeRow(b, "function", "value", "bound")
	writeRow(b, "---", "---", "---")
	for _, f := range Functions() {
		bound := "exact"
		if f.ULP > 0 {
			bound = fmt.Sprintf("%v ULP", f.ULP)
		}
		writeRow(b, fmt.Sprintf("`%s(%s)`", f.Name, strings.Join(f.parameters(), ", ")), f.Doc, bound)
	}
}

// parameters returns the names that a function's doc has for its arguments.
func (f *Function) parameters() []string {
	if f.Op == nil {
		return f.Params
	}
	return []string{"x", "y", "z"}[:f.Arity]
}

func referInitialisers(b *strings.Builder) {
	b.WriteString("\n### Initialisers\n\nA matrix is declared (m, n): its fan-in is n, the columns, and its fan-out m, the rows.\nNormal distributions are not truncated. A number is an initialiser too: all values are it.\n\n")
	writeRow(b, "initialiser", "for", "values", "source")
	writeRow(b, "---", "---", "---", "---")
	for _, i := range initialisers {
		of := "matrices, vectors"
		if i.only != Value {
			of = map[Kind]string{Matrix: "matrices", Vector: "vectors"}[i.only]
		}
		writeRow(b, "`"+i.name+"`"+i.want, of, i.doc, i.source)
	}
}

func referLimits(b *strings.Builder) {
	b.WriteString("\n### Limits\n\nWhat exceeds one is a mistake, with its place.\n\n")
	writeRow(b, "at most", "of")
	writeRow(b, "---:", "---")
	for _, l := range limits {
		writeRow(b, thousands(l.most), l.of)
	}
}

func referRefusals(b *strings.Builder) {
	b.WriteString("\n### What is refused\n\nThese names have a message of their own.\n\n")
	writeRow(b, "names", "the message, after the name")
	writeRow(b, "---", "---")
	for _, r := range refusals {
		writeRow(b, "`"+strings.Join(r.names, "` `")+"`", r.why)
	}
	b.WriteString("\nThese words do not begin a line.\n\n")
	writeRow(b, "words", "the message")
	writeRow(b, "---", "---")
	words := make(map[string][]string)
	for word, why := range statements {
		words[why] = append(words[why], word)
	}
	var rows [][]string
	for why, list := range words {
		slices.Sort(list)
		rows = append(rows, []string{"`" + strings.Join(list, "` `") + "`", why})
	}
	slices.SortFunc(rows, func(a, b []string) int { return cmp.Compare(a[0], b[0]) })
	for _, r := range rows {
		writeRow(b, r...)
	}
}

// writeRow writes a row of a table.
func writeRow(b *strings.Builder, cells ...string) {
	for _, c := range cells {
		b.WriteString("| " + strings.ReplaceAll(c, "|", `\|`) + " ")
	}
	b.WriteString("|\n")
}

// thousands writes a number with a comma after its thousands.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
