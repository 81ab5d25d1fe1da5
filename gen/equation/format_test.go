package equation

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/front"
)

// TestFormat expects the canonical form of a source whose blanks are anyhow.
func TestFormat(t *testing.T) {
	for name, pair := range formats {
		got, err := Format("f", []byte(pair[0]))
		if err != nil || string(got) != pair[1] {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got, pair[1])
		}
		checkFormat(t, pair[0])
	}
	for _, path := range append(sources(t, "testdata/oracle/*.cell", 17), sources(t, "testdata/catalogue/*.cell", 40)...) {
		checkFormat(t, textOf(t, path))
	}
	if _, err := Format("f", []byte("cell A\nh = =")); fmt.Sprint(err) != `f:2:5: want a value, not "="` {
		t.Error(err)
	}
}

// TestFormatTooLong formats a source whose canonical form exceeds the limit.
func TestFormatTooLong(t *testing.T) {
	long := "cell A\noutput x" + strings.Repeat("+"+strings.Repeat("a", 99)+"*b", MaxSource/102-1)
	if _, err := Format("f", []byte(long)); fmt.Sprint(err) != "f:1:1: 1089590 bytes; the limit is 1048576" {
		t.Error(err)
	}
}

// formats are sources, and their canonical forms.
var formats = map[string][2]string{
	"blanks": {
		"\n\n  cell   A   \"a  doc\"\n\n\n\nstate h  c(hidden)=-inf\nstate m\ndim  p=hidden\n\nmatrix W(hidden,input)=uniform( -1,2 )\noutput  tanh (  h' ) \n\n",
		"cell A \"a  doc\"\n\nstate  h c (hidden) = -inf\nstate  m\ndim    p = hidden\n\nmatrix W (hidden, input) = uniform(-1, 2)\noutput tanh(h')\n",
	},
	"equals signs": {
		"cell A\nvector a b = 0\nvector c=1\nmatrix W (hidden, input) = 0\nmatrix V (p,q)=1\na =x\nlonger'= -x*y/(z-1)\n\nb=W.T@x\n# c\nab=V @ (x)",
		"cell A\nvector a b = 0\nvector c   = 1\nmatrix W (hidden, input) = 0\nmatrix V (p, q)          = 1\na       = x\nlonger' = -x * y / (z - 1)\n\nb = W.T @ x\n# c\nab = V @ (x)\n",
	},
	"long names are not aligned": {
		"a = x\naLongNameThatIsLong = x\nb = x",
		"a = x\naLongNameThatIsLong = x\nb = x\n",
	},
	"comments": {
		"#a  \n\ncell A#b\nstate h  #   c\nh' = (x # d\n\n  + # e\n 1) # f\n#g",
		"#a\n\ncell A    #b\nstate  h  #   c\n# d\n# e\nh' = (x + 1)  # f\n#g\n",
	},
	"long lines": {
		"h' = aaaaaaaaaaaaaaaaaaaaaaaaa + tanh(bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb * ccccccccccccccccccccccccc + dddddddddddddddd - max(eeeeeeeeeee, fffff))\ng = x # y",
		"h' = aaaaaaaaaaaaaaaaaaaaaaaaa + tanh(\n    bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb * ccccccccccccccccccccccccc\n    + dddddddddddddddd\n    - max(eeeeeeeeeee, fffff)\n)\ng  = x  # y\n",
	},
	"long arguments": {
		"h = select(" + strings.Repeat("a", 60) + ", " + strings.Repeat("b", 60) + ",c) * 2",
		"h = select(\n    " + strings.Repeat("a", 60) + ",\n    " + strings.Repeat("b", 60) + ",\n    c\n) * 2\n",
	},
}

// checkFormat expects the canonical form to be its own, and to read as the source does.
func checkFormat(t *testing.T, src string) {
	t.Helper()
	f, err := Parse("f", []byte(src))
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, src)
	}
	canonical := f.String()
	if len(canonical) > MaxSource {
		return
	}
	again, err := Parse("f", []byte(canonical))
	if err != nil {
		t.Fatalf("%.2000s\nis printed as\n%.2000s\n%v", src, canonical, err)
	}
	if twice := again.String(); twice != canonical {
		t.Errorf("%.2000s\nis printed as\n%.2000s\nand that as\n%.2000s", src, canonical, twice)
	}
	unplace(reflect.ValueOf(f))
	unplace(reflect.ValueOf(again))
	if !reflect.DeepEqual(f, again) {
		t.Errorf("%.2000s\nreads as another tree than its canonical form\n%.2000s", src, canonical)
	}
}

// unplace clears the positions of a tree.
func unplace(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			unplace(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			unplace(v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[front.Position]() {
			v.SetZero()
			return
		}
		for i := range v.NumField() {
			unplace(v.Field(i))
		}
	}
}
