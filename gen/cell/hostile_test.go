package cell

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cellgen/cellgen/gen/soak"
)

// hostile is a kind of spec that could take much memory or long: a unit that is repeated
// between two ends, on its own or as a value.
type hostile struct{ name, open, unit, end string }

var hostiles = []hostile{
	// Words.
	{"words", `tokens = "`, "x ", "\""},
	{"words without blanks", `tokens = "`, "x,", "\""},
	{"known words", `tokens = '`, "add tanh ", "'"},
	{"known words in the wrong place", `tokens = '`, "tanh add ", "0 0'"},
	{"words near to known ones", `tokens = '`, "elementwisemultipl ", "'"},
	{"words in lines", "tokens = '''\n", "x\n", "'''"},
	{"words in lines that end in CRLF", "tokens = '''\r\n", "x\r\n", "'''"},
	{"escaped words", `tokens = "`, `x\t`, `"`},
	{"one word", `tokens = "`, "x", "\""},
	{"blanks", `tokens = "`, " ", "\""},
	{"a long index", `tokens = "add tanh add tanh 0 `, "9", "\""},
	{"negative indices", `tokens = "`, "-1 ", "\""},
	// Arrays.
	{"an array of words", `tokens = [`, `"x",`, "]"},
	{"an array of words in lines", `tokens = [`, "'x' , # x\n", "]"},
	{"an array of empty strings", `tokens = [`, `'',`, "]"},
	{"an array of indices", `tokens = [`, "1,", "]"},
	{"an array of floats", `tokens = [`, "1.5,", "]"},
	{"an array of dates", `tokens = [`, "1979-05-27,", "]"},
	{"an array of long strings", `tokens = [`, "'" + strings.Repeat("x ", 400) + "',", "]"},
	{"an array of arrays", `tokens = [`, "[],", "]"},
	{"an array of tables", `tokens = [`, "{},", "]"},
	{"an array of filled tables", `tokens = [`, "{a=1},", "]"},
	{"deep arrays", `tokens = `, "[", ""},
	{"deep tables", `tokens = `, "{a=", ""},
	{"deep arrays that end", `x = ` + strings.Repeat("[", 900), "1,", strings.Repeat("]", 900)},
	{"an array that does not end", `tokens = [`, `"x", `, ""},
	{"an unknown array", `x = [`, "1,", "]"},
	// Keys.
	{"a dotted key", "a", ".a", " = 1"},
	{"a dotted key of a known one", "tokens", ".a", " = 1"},
	{"a quoted dotted key", `"a"`, `."\u0061"`, " = 1"},
	{"a dotted key with blanks", "a", " . a", " = 1"},
	{"a dotted key in a table", "x = { a", ".a", " = 1 }"},
	{"a dotted key in an array", "tokens = [ { a", ".a", " = 1 } ]"},
	{"dotted keys", "", "a.b.c.d=1\n", ""},
	{"a long key", "a", "a", " = 1"},
	{"a long quoted key", `"`, `\t`, `" = 1`},
	{"the same key", "", "a=1\n", ""},
	{"the same known key", "", "bias=1\n", ""},
	{"keys without values", "", "a=\n", ""},
	{"a table of many keys", "x = { ", "a=1,", "b=1 }"},
	// Tables.
	{"a dotted table", "[a", ".a", "]"},
	{"a dotted array of tables", "[[a", ".a", "]]"},
	{"the same table", "", "[a]\n", ""},
	{"arrays of tables", "", "[[a]]\n", ""},
	{"arrays of tables of tables", "", "[[a]]\n[a.b]\nc=1\n", ""},
	{"brackets", "", "[", ""},
	// Strings.
	{"a doc", `doc = "`, "x", "\""},
	{"a doc of lines", "doc = '''", "x\n", "'''"},
	{"a doc of directives", "doc = '''\n", "go:embed x\n", "'''"},
	{"a doc of escapes", `doc = "`, `\u2028`, "\""},
	{"a doc of line ends", "doc = '''", "\r\n", "'''"},
	{"a doc that continues", "doc = \"\"\"", "\\\n", "\"\"\""},
	{"a long name", `name = "`, "x", "\""},
	{"a long package", `package = "`, "x", "\""},
	{"a string that does not end", `doc = "`, "x", ""},
	{"lines that do not end", "doc = '''", "x\n", ""},
	{"escapes that do not end", `doc = "`, `\\`, ""},
	{"quotes", "doc = ", `"`, ""},
	{"apostrophes", "doc = ", "'", ""},
	// Bytes.
	{"line ends", "", "\n", ""},
	{"CRLF", "", "\r\n", ""},
	{"carriage returns", "", "\r", ""},
	{"comments", "", "#\n", ""},
	{"a long comment", "#", "x", "\n"},
	{"byte order marks", "", "\ufeff", ""},
	{"UTF-16", "\xff\xfe", "a\x00", ""},
	{"zeros", "", "\x00", ""},
	{"bad UTF-8", "", "\xff", ""},
	{"bad UTF-8 in a string", "doc = '", "\xff", "'"},
	{"digits", "bias = ", "9", "\n"},
	{"digits of a fraction", "bias = 0.", "9", "\n"},
	{"underscores", "bias = 1", "_1", "\n"},
	{"equals signs", "", "=", ""},
}

// of returns a spec of about that many bytes.
func (h *hostile) of(size int) string {
	return h.open + strings.Repeat(h.unit, max(1, (size-len(h.open)-len(h.end))/len(h.unit))) + h.end
}

var placed = regexp.MustCompile(`^f:[1-9][0-9]*:[1-9][0-9]*: .`)

// TestHostileSpecs reads every kind of hostile spec, in sizes up to more than the limit, alone
// and after a good head and before good tokens. It expects a spec, or short mistakes that each
// have a place, and no more memory than was promised.
func TestHostileSpecs(t *testing.T) {
	count, sizes := 0, []int{1000, 262_000, 120_000, 50_000, 2_000_000}
	if testing.Short() {
		sizes = sizes[:2]
	}
	for _, h := range hostiles {
		for _, size := range sizes {
			for place, frame := range [][2]string{{"", ""}, {"name = 'A'\n# é\n", "\n"}, {"name = 'A'\n", "\n" + good}} {
				src := frame[0] + h.of(size) + frame[1]
				count++
				var err error
				soak.Bounded(t, len(src), func() { _, err = ReadSpec("f", []byte(src)) })
				if err == nil {
					continue
				}
				checkErrors(t, src, err)
				lines := strings.Split(err.Error(), "\n")
				for _, line := range lines {
					if !placed.MatchString(line) || len(line) > 1000 {
						t.Errorf("%s, %d bytes, place %d: %.200q", h.name, size, place, line)
					}
				}
				if len(lines) > 101 {
					t.Errorf("%s, %d bytes, place %d: %d lines", h.name, size, place, len(lines))
				}
			}
		}
	}
	if count < 300 {
		t.Errorf("%d specs", count)
	}
}

// TestHostileTime reads every kind of hostile spec in turns with a plain one of the same size,
// whose bytes are all in a doc. The hostile one may take 100 times as long: what is quadratic
// in the size of a spec takes thousands of times.
func TestHostileTime(t *testing.T) {
	const size, limit = 260_000, 100
	plain := hostile{open: "name = 'A'\n" + good + "doc = '''", unit: "x\n", end: "'''"}
	for _, h := range hostiles {
		sources := [2]string{plain.of(size), h.of(size)}
		var least [2]time.Duration
		for range 3 {
			for i, src := range sources {
				start := time.Now()
				ReadSpec("f", []byte(src))
				if d := time.Since(start); least[i] == 0 || d < least[i] {
					least[i] = d
				}
			}
		}
		if ratio := float64(least[1]) / float64(least[0]); ratio > limit {
			t.Errorf("%s takes %v, %.0f times as long as a plain spec", h.name, least[1], ratio)
		}
	}
}
