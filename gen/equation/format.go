package equation

import (
	"fmt"
	"strings"

	"github.com/cellgen/cellgen/gen/front"
)

// Format returns a .cell file in the canonical form, as [File.String] does.
func Format(file string, src []byte) ([]byte, error) {
	f, err := Parse(file, src)
	if err != nil {
		return nil, err
	}
	s := f.String()
	if len(s) > MaxSource {
		return nil, front.TooLong(file, int64(len(s)), MaxSource)
	}
	return []byte(s), nil
}

// String returns the file in the canonical form: keywords, equals signs and comments of
// adjacent lines are aligned, other blanks are single, and a long line is continued between
// its parentheses. The form of the canonical form is itself.
func (f *File) String() string {
	rows := make([]row, len(f.Lines))
	for i, l := range f.Lines {
		rows[i] = newRow(l)
	}
	align(rows, mostPadding, func(r *row) *string { return &r.left }, func(a, b *row) bool {
		return a.right != "" && b.right != "" && a.kind == b.kind
	})
	for i := range rows {
		rows[i].join()
	}
	align(rows, 2*mostPadding, func(r *row) *string { return &r.last }, func(a, b *row) bool {
		return a.comment != "" && b.comment != "" && a.last != "" && b.last != ""
	})
	var b strings.Builder
	for _, r := range rows {
		if r.blank {
			b.WriteByte('\n')
		}
		b.WriteString(r.above)
		b.WriteString(r.last)
		if r.last != "" && r.comment != "" {
			b.WriteString("  ")
		}
		b.WriteString(r.comment)
		b.WriteByte('\n')
	}
	return b.String()
}

// mostPadding is how many blanks may stand before an equals sign for the sake of alignment.
const mostPadding = 16

// row is a line that is being formatted.
type row struct {
	blank       bool
	kind        string // rows of one kind are aligned
	left, right string // of the equals sign
	x           Expr   // on the right of an equation
	above, last string // the text: the lines above its last, and the last
	comment     string
}

// newRow returns a line in two parts.
func newRow(l Line) row {
	r := row{blank: l.Blank, comment: l.Comment}
	switch i := l.Item.(type) {
	case *Header:
		r.left = "cell " + i.Name.Text
		if i.Doc != "" {
			r.left += ` "` + i.Doc + `"`
		}
	case *Declaration:
		r.kind = i.Kind.String()
		r.left, r.right = i.left(), i.right()
	case *Equation:
		r.kind = "equation"
		r.left, r.right, r.x = i.Name, "=", i.X
		if i.Next {
			r.left += "'"
		}
	case *Output:
		r.left, r.x = "output", i.X
	}
	return r
}

// left returns a declaration up to its equals sign.
func (d *Declaration) left() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-*s", len("matrix"), d.Kind)
	for _, n := range d.Names {
		b.WriteByte(' ')
		b.WriteString(n.Text)
	}
	for i, dim := range d.Dims {
		b.WriteString([]string{" (", ", "}[min(i, 1)])
		b.WriteString(dim.Text)
	}
	if d.Dims != nil {
		b.WriteByte(')')
	}
	return b.String()
}

// right returns a declaration from its equals sign on.
func (d *Declaration) right() string {
	if d.Value == nil {
		return ""
	}
	numbers := make([]string, len(d.Value.Numbers))
	for i, n := range d.Value.Numbers {
		numbers[i] = n.Text
	}
	all := strings.Join(numbers, ", ")
	if d.Value.Name != "" && all != "" {
		all = "(" + all + ")"
	}
	return "= " + d.Value.Name + all
}

// join makes the text of a row of its parts.
func (r *row) join() {
	p := printer{limit: lineWidth}
	p.write(r.left)
	if r.right != "" {
		p.write(" " + r.right)
	}
	if r.x != nil {
		p.write(" ")
		p.expr(r.x)
	}
	s := p.String()
	cut := strings.LastIndexByte(s, '\n') + 1
	r.above, r.last = s[:cut], s[cut:]
}

// align pads a part of adjacent rows that go together to one width. Where that would take more
// blanks than the limit, it begins anew.
func align(rows []row, limit int, part func(*row) *string, together func(a, b *row) bool) {
	for from := 0; from < len(rows); {
		first := &rows[from]
		low := len(*part(first))
		high, to := low, from+1
		for ; to < len(rows) && !rows[to].blank && together(first, &rows[to]); to++ {
			n := len(*part(&rows[to]))
			if max(high, n)-min(low, n) > limit {
				break
			}
			low, high = min(low, n), max(high, n)
		}
		for ; from < to; from++ {
			s := part(&rows[from])
			*s += strings.Repeat(" ", high-len(*s))
		}
	}
}
