package cell

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/front"
)

const good = "tokens = \"add tanh add tanh 0 0\"\n"

func TestSpecErrors(t *testing.T) {
	named := "name = 'A'\n"
	list := `tokens = ["add", "tanh", "add", "tanh", `
	for _, c := range []struct {
		src  string
		want []string
	}{
		{"", []string{"1:1 missing key \"name\"", "1:1 missing key \"tokens\""}},
		{named, []string{"1:1 missing key \"tokens\""}},
		{"package = 'main'\n" + good, []string{"1:1 missing key \"name\"", `1:11 package "main"`}},
		// A file in place of tokens.
		{"cell = 'a.cell'\nname = 'A'\nbias = true\n" + good, []string{"2:8 the file that cell names says the name", "3:8 bias goes with tokens", "4:10 tokens and cell exclude each other"}},
		{"cell = 'a.toml'", []string{`1:8 cell is "a.toml", want the name of a .cell file`}},
		{"cell = ''", []string{`1:8 cell is "", want`}},
		{"cell = 3", []string{"1:8 cell must be a string"}},
		{"cell = 'a.cell'\n", []string{"1:8 the spec names the file of its cell"}},
		// Keys.
		{named + "bais = true\n" + good, []string{`2:1 unknown key "bais" (did you mean "bias"?)`}},
		{named + "  qqqqq = { a = [1] }\n" + good, []string{`2:3 unknown key "qqqqq"; want one of name, doc`}},
		{named + "Name = 'B'\n" + good, []string{`2:1 unknown key "Name" (did you mean "name"?)`}},
		{named + good + "bias.x = true\n", []string{`3:1 unknown key "bias.x"`}},
		{"name.x = 'A'\n" + good, []string{`1:1 unknown key "name.x"`, "1:1 missing key \"name\""}},
		{"'name.x' = 'A'\n" + named + good, []string{`1:1 unknown key "name.x"`}},
		{named + good + "[foo]\nname = 'B'\nx = 1\n[[bar.b]]\n", []string{`3:2 unknown table "foo"; a spec has no tables`, `6:3 unknown table "bar.b"`}},
		{"[cell]\nname = 'A'\n" + good, []string{"1:1 missing key \"name\"", "1:1 missing key \"tokens\"", `1:2 unknown table "cell"`}},
		{named + "[tokens]\n", []string{"1:1 missing key \"tokens\"", `2:2 unknown table "tokens"`}},
		{named + good + "name = 3\nname = 'C'\n", []string{"3:1 key name is already defined", "4:1 key name is already defined"}},
		{"[a]\n[b]\n  [a]\n" + named, []string{"1:1 missing key \"name\"", "1:1 missing key \"tokens\"", `1:2 unknown table "a"`, `2:2 unknown table "b"`, `3:4 unknown table "a"`}},
		// Wrong types: one mistake each.
		{"name = 3\ndoc = 4\nbias = 'true'\npackage = [ ]\ntokens = 5\n", []string{
			"1:8 name must be a string", "2:7 doc must be a string", "3:8 bias must be true or false", "4:11 package must be a string", "5:10 tokens must be",
		}},
		{"name = { a = 1 }\ntokens = {a = [1]}", []string{"1:8 name must be a string", "2:10 tokens must be"}},
		{named + "tokens = 1979-05-27\nbias = 1", []string{"2:10 tokens must be", "3:8 bias must be"}},
		// Names.
		{"name = 'func'\npackage = 'Func'\n" + good, []string{`1:8 name "func" is a Go keyword`}},
		{"name = 'for'\npackage = 'for'\n" + good, []string{`1:8 name "for"`, `2:11 package "for" is a Go keyword`}},
		{"name = ''\npackage = ''\n" + good, []string{"1:8 the name is empty", "2:11 the package name is empty"}},
		{"name = \"a\\nb\"\n" + good, []string{`1:8 name "a\nb" is not a Go identifier`}},
		{"name = '''\nA\n'''\n" + good, []string{`1:8 name "A\n" is not a Go identifier`}},
		{"name = 'Zelle_é'\n" + good, []string{`1:8 name "Zelle_é" is not a Go identifier of ASCII`}},
		{"name = '_'\npackage = 'a'\n" + good, []string{`1:8 name "_"`}},
		{"name = 'Main'\n" + good, []string{`1:8 package "main" cannot be imported`}},
		{"name = 'x_test'\n" + good, []string{`1:8 package "x_test" ends in _test`}},
		{named + "package = '../evil'\n" + good, []string{`2:11 package "../evil" is not a Go identifier`}},
		{named + "package = '1a'\n" + good, []string{`2:11 package "1a" is not`}},
		{named + "package = 'runtime'\n" + good, []string{"2:11 package"}},
		{named + "package = 'documentation'\n" + good, []string{"2:11 package"}},
		// Docs.
		{named + "doc = \"a\\u0007\"\n" + good, []string{"2:7 doc has the character U+0007"}},
		{named + "doc = \"a\\rfunc init() {}\"\n" + good, []string{"2:7 doc has the character U+000D"}},
		{named + "doc = \"a\\u2028b\"\n" + good, []string{"2:7 doc has the character U+2028"}},
		{named + "doc = '''\nA cell.\n  go:embed x\n'''\n" + good, []string{`2:7 doc has the line "go:embed x"`}},
		{named + "doc = '+build ignore'\n" + good, []string{`2:7 doc has the line "+build ignore"`}},
		// Tokens.
		{named + "tokens = []\n", []string{"2:10 no tokens"}},
		{named + "tokens =   ''\n", []string{"2:12 no tokens"}},
		{named + "tokens = '''\n\n'''", []string{"2:10 no tokens"}},
		{named + "tokens = 'add tanh ad tanh 0 0'\n", []string{`2:20 unknown combination "ad"`}},
		{named + "tokens = \"\"\"\nadd tanh\n  ad tanh 0 1\"\"\"\n", []string{`4:3 unknown combination "ad"`, "4:13 inject index 1"}},
		{named + "tokens = '''add tanh\r\n  ad tanh 0 0'''\n", []string{`3:3 unknown combination "ad"`}},
		{named + `tokens = "add\ttanh\tad tanh 0 0"`, []string{`2:10 unknown combination "ad"`}}, // escapes: the place of the string
		{named + `tokens = "\"" # "`, []string{"2:10 1 token", `2:10 unknown word "\""`}},
		{named + "tokens = [ # one\n 'add tanh', # two, ]\n\t\"\"\"ad\nsin\"\"\", 0, 1 ]", []string{`4:5 unknown combination "ad"`, "5:12 inject index 1"}},
		{named + list + "0, true]", []string{`2:44 inject index "true" is not an integer`}},
		{named + list + "0, 1.0]", []string{`2:44 inject index "1.0" is not an integer`}},
		{named + list + "0, 1979-05-27]", []string{`2:44 inject index "1979-05-27" is not an integer`}},
		{named + list + "[ [], 'a]', { b = [] , c.d = 1} ], {}]", []string{`2:41 c index "[…]" is not an integer`, `2:76 inject index "{…}" is not an integer`}},
		{named + "tokens = [[ # ]\n], [], 'add', {a={}, b=[1]} ,0,7]\n", []string{
			`2:11 unknown combination "[…]"`, `3:4 unknown activation "[…]"`, `3:15 unknown activation "{…}"`, "3:32 inject index 7",
		}},
		// All at once, in the order of the file.
		{"tokens = 'ad tanh add tan 0 9'\nfoo = 1\nname = 'go'\npackage = 'a b'\ndoc = 1", []string{
			`1:11 unknown combination "ad"`, `1:23 unknown activation "tan"`, "1:29 inject index 9",
			`2:1 unknown key "foo"`, `3:8 name "go"`, `4:11 package "a b"`, "5:7 doc must be a string",
		}},
	} {
		_, err := ReadSpec("f", []byte(c.src))
		comparePlaces(t, c.src, err, c.want)
	}
}

// TestNoTOML expects one mistake, where the file stops being TOML.
func TestNoTOML(t *testing.T) {
	for src, want := range map[string]string{
		"name = \n" + good: "1:8 ",
		"name = 'é' 'b'":   "1:13 ", // columns count bytes
		"a = [1,\n\n2":     "3:1 ",
		"a = \"b\nc\"":     "1:7 ",
		"\xff":             "1:1 ",
		"name = 'A'\ntokens = ['add tanh add tanh 0', 00]": "2:34 ",
		"a = " + strings.Repeat("[", 100_000):              "1:10005 ",
		"a = '" + strings.Repeat("b", 2*maxSource) + "'":   "1:1 262150 bytes; the limit is 262144",
	} {
		_, err := ReadSpec("f", []byte(src))
		comparePlaces(t, src, err, []string{want})
	}
}

func TestSpecForms(t *testing.T) {
	want := &Spec{Name: "A_1", Cell: mustParse(t, simpleTokens)}
	for _, tokens := range []string{
		"'" + simpleTokens + "'",
		"\"\"\"\n" + strings.ReplaceAll(simpleTokens, " ", "\r\n\t") + "\"\"\"",
		"['Add', 'tanh', 'ELEM_MULT', 'ReLU', 'mul', 'sigmoid', 'add', 'relu', 1, 0]",
		"['add tanh', 'mul, relu',\n 'mul', # one\n 'sigmoid add relu', '1', +0]",
		`"add\ttanh\u0020mul relu mul sigmoid add relu 1 0"`,
	} {
		got, err := ReadSpec("f", []byte("# a cell\nname = 'A_1' # comment\ntokens = "+tokens))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("tokens = %s: %+v, %v", tokens, got, err)
		}
	}
}

func TestSpecRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 0))
	docs := []string{"", "One line.", "Two\nlines, \"quoted\" \\ and\ttabbed: é ∑ 𝕏 \u00ad' ''' \"\"\" #", "trailing\n\n"}
	for i := range 100 {
		s := &Spec{Name: "Cell", Package: []string{"", "cell", "other"}[i/2%3], Bias: i%3 == 0, Cell: Random(r, 1+i%16)}
		if doc := docs[i%len(docs)]; front.CheckDoc(doc) == "" {
			s.Doc = doc
		}
		got, err := ReadSpec("f", []byte(s.String()))
		if err != nil || !reflect.DeepEqual(got, s) {
			t.Fatalf("%v\n%s\nreads back as\n%s", err, s, got)
		}
	}
}

// TestLineEnds reads specs as checkouts and editors alter them, with CRLF for LF and with a
// byte order mark, and expects the same spec, or the same mistakes in the same places.
func TestLineEnds(t *testing.T) {
	for _, src := range []string{
		"name = 'A'\n\n# a comment\ndoc = \"\"\"\nTwo\n\nlines.\n\"\"\"\nbias = true\ntokens = '''\nadd tanh\nadd tanh 0 0\n'''\n",
		"name = 'A'\ndoc = '''a\nb'''\n" + good, "name = 'A'\ndoc = \"\"\"a\\\n  b\n\"\"\"\n" + good,
		"name = 'A'\ntokens = [ 'add', # one\n'tanh',\n\n'add tanh',\n0,0 ]\n",
		"nam = 'A'\ntokens = '''\nadd\n tahn add\ntanh 0 0'''\n", "name = 'A'\n\n\ntokens = [\n'add',\n 'tahn']\nbias = 0\n",
		"name = 'A\n'\n", "\n\n name = 1\n\n[x]\n", "name = 'A'\ndoc = '''\n\n go:embed x\n'''\n" + good, "",
	} {
		want, wantErr := ReadSpec("f", []byte(src))
		crlf := strings.ReplaceAll(src, "\n", "\r\n")
		for _, altered := range []string{crlf, "\ufeff" + src, "\ufeff" + crlf, strings.Replace(src, "\n", "\r\n", 3)} {
			got, err := ReadSpec("f", []byte(altered))
			if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(err, wantErr) {
				t.Errorf("%q reads as\n%v, %v\nwant\n%v, %v", altered, got, err, want, wantErr)
			}
		}
	}
}

// TestNoText expects one mistake for a file that is not UTF-8 text.
func TestNoText(t *testing.T) {
	for src, want := range map[string]string{
		"\xff\xfen\x00a\x00":               "1:1 the file is UTF-16",
		"\xfe\xff\x00n\x00a":               "1:1 the file is UTF-16",
		"\ufeff\ufeffname = 'A'\n" + good:  "1:1 invalid character",
		"name = 'A'\r" + good:              "1:11 ",
		"name = 'A'\r\n \ufeff\r\n" + good: "2:2 invalid character",
	} {
		_, err := ReadSpec("f", []byte(src))
		comparePlaces(t, src, err, []string{want})
	}
}
