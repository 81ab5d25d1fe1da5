package corpus

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// decode returns the text of symbols.
func decode(v *Vocabulary, symbols []int32) string {
	var text []byte
	for _, s := range symbols {
		text = v.Append(text, int(s))
	}
	return string(text)
}

// TestVocabulary expects the symbols that occur, in order, and a text to be what its symbols say,
// also after the vocabulary has been JSON.
func TestVocabulary(t *testing.T) {
	for _, test := range []struct {
		level Level
		text  string
		want  []string
	}{
		{Bytes, "b\xffa\nb", []string{"\n", "a", "b", "\xff"}},
		{Chars, "aéb中a", []string{"a", "b", "é", "中"}},
		{Words, "the cat\nthe dog sat\nthe end\n", []string{"<eos>", "the", "<unk>", "cat", "dog", "end", "sat"}},
		{Words, "a <unk> a <unk> <unk>", []string{"<unk>", "a", "<eos>"}},
	} {
		v := must(NewVocabulary(test.level, []byte(test.text), 0))
		text := must(json.Marshal(v))
		read := new(Vocabulary)
		if err := json.Unmarshal(text, read); err != nil {
			t.Fatal(err)
		}
		for _, v := range []*Vocabulary{v, read} {
			if !slices.Equal(v.symbols, test.want) || v.Level() != test.level {
				t.Errorf("%s of %q: %q, want %q", v.Level(), test.text, v.symbols, test.want)
			}
			if got := decode(v, must(v.Encode([]byte(test.text)))); got != test.text {
				t.Errorf("%s: %q has become %q", test.level, test.text, got)
			}
		}
	}
}

// TestUnknown expects words that the vocabulary does not have to be <unk>, and other symbols to be
// errors with their places.
func TestUnknown(t *testing.T) {
	v := must(NewVocabulary(Words, []byte("a a a b b c\n"), 4))
	if v.Len() != 4 || decode(v, must(v.Encode([]byte("c b  a\n\ta")))) != "<unk> b a\na" {
		t.Errorf("%q: %q", v.symbols, decode(v, must(v.Encode([]byte("c b  a\n\ta")))))
	}
	for level, want := range map[Level]string{
		Bytes: `byte 1 of the text: the vocabulary of 1 bytes does not have "\xc3"`,
		Chars: `byte 1 of the text: the vocabulary of 1 chars does not have "é"`,
	} {
		v := must(NewVocabulary(level, []byte("aaa"), 0))
		if _, err := v.Encode([]byte("aé")); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", level, err, want)
		}
	}
}

func TestVocabularyMistakes(t *testing.T) {
	for _, test := range []struct{ level, text, want string }{
		{"bytes", "", "the text is empty: it has no symbols"},
		{"words", " ", "the text is empty: it has no symbols"},
		{"chars", "ab\xff", "byte 2 of the text is not UTF-8: bytes reads any text"},
		{"words", "a \xff", `the word "\xff" is not UTF-8: bytes reads any text`},
		{"word", "a", `"word" is not what symbols can be (did you mean "words"?): want bytes, chars, words`},
	} {
		if _, err := NewVocabulary(Level(test.level), []byte(test.text), 0); err == nil || err.Error() != test.want {
			t.Errorf("%s of %q: %v, want %s", test.level, test.text, err, test.want)
		}
	}
	for text, want := range map[string]string{
		`{"level":"bits"}`:                      `the vocabulary: "bits" is not what symbols can be`,
		`{"level":"bytes","bytes":[256]}`:       "the vocabulary has 256, want a byte",
		`{"level":"chars","symbols":["a","a"]}`: `the vocabulary has "a" twice`,
	} {
		if err := json.Unmarshal([]byte(text), new(Vocabulary)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, test := range []struct {
		text              string
		fraction          float64
		training, heldOut string
	}{
		{"0123456789abcdefghijklmno", 0.1, "0123456789abcdefghijklm", "no"},
		{"abcdefg中", 0.1, "abcdefg", "中"},
		{"\xbf\xbf\xbf\xbf\xbf\xbf\xbf\xbf", 0.25, "\xbf\xbf", "\xbf\xbf\xbf\xbf\xbf\xbf"},
		{"abc", 0, "abc", ""},
	} {
		training, heldOut := Split([]byte(test.text), test.fraction)
		if string(training) != test.training || string(heldOut) != test.heldOut {
			t.Errorf("%q: %q, %q", test.text, training, heldOut)
		}
	}
}

func TestCount(t *testing.T) {
	if c := Count([]byte("né ok\n\nend")); c != (Counts{Bytes: 11, Chars: 10, Words: 5}) {
		t.Errorf("%+v", c)
	}
}

// TestStripes has two rows of five symbols, in chunks of two steps. The last target of a row is
// the first input of the next.
func TestStripes(t *testing.T) {
	s := must(NewStripes([]int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 2, 2))
	if s.Chunks() != 2 {
		t.Errorf("%d chunks", s.Chunks())
	}
	inputs, targets := make([]int, 4), make([]int, 4)
	s.Chunk(1, 0, 2, inputs, targets)
	if !slices.Equal(inputs, []int{2, 7, 3, 8}) || !slices.Equal(targets, []int{3, 8, 4, 9}) {
		t.Errorf("both rows: %v, %v", inputs, targets)
	}
	s.Chunk(1, 1, 1, inputs[:2], targets[:2])
	if !slices.Equal(inputs[:2], []int{7, 8}) || !slices.Equal(targets[:2], []int{8, 9}) {
		t.Errorf("the second row: %v, %v", inputs[:2], targets[:2])
	}
	if _, err := NewStripes(make([]int32, 12), 2, 6); err == nil {
		t.Error("no error for 12 symbols in two rows of 6 steps, where the last has no target")
	}
	must(NewStripes(make([]int32, 13), 2, 6))
}

// TestJoined reads files one after the other, up to all limits.
func TestJoined(t *testing.T) {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	var all string
	var files []string
	for i := range 3 {
		text := strings.Repeat(string(rune('a'+i)), 5+r.IntN(5))
		files, all = append(files, filepath.Join(dir, text)), all+text
		if err := os.WriteFile(files[i], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for limit := range len(all) + 3 {
		want := all
		if limit > 0 {
			want = all[:min(limit, len(all))]
		}
		text := Text{Files: files, Limit: limit}
		if got := string(must(text.Read(len(all)))); got != want {
			t.Errorf("limit %d: %q, want %q", limit, got, want)
		}
		if size, known, err := text.Size(); size != len(want) || !known || err != nil {
			t.Errorf("limit %d: size %d, %t, %v, want %d", limit, size, known, err, len(want))
		}
	}
	want := fmt.Sprintf("reading the text: %s has more than %d bytes, the most that the memory has room for; -limit %[2]d takes its start", files[2], len(all)-1)
	if _, err := (Text{Files: files}).Read(len(all) - 1); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestUTF8 cuts a text at every byte: one of UTF-8 ends before a character that is cut, though its
// files may cut one, and what is not UTF-8 is named with its file.
func TestUTF8(t *testing.T) {
	dir, all := t.TempDir(), "aé中😀b"
	files := []string{filepath.Join(dir, "a"), filepath.Join(dir, "b")}
	for i, part := range []string{all[:4], all[4:]} {
		if err := os.WriteFile(files[i], []byte(part), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for limit := range len(all) + 1 {
		if limit == 0 {
			continue
		}
		if got := string(must(Text{Files: files, Limit: limit}.Read(100))); got != all[:limit] {
			t.Errorf("%d bytes: %q", limit, got)
		}
		want := strings.ToValidUTF8(all[:limit], "")
		if got := string(must(Text{Files: files, Limit: limit, UTF8: true}.Read(100))); got != want {
			t.Errorf("%d bytes of UTF-8: %q, want %q", limit, got, want)
		}
	}
	for _, bad := range []string{"b\xff中", "b\xc3"} {
		files := append(files[:2:2], filepath.Join(dir, "c"))
		if err := os.WriteFile(files[2], []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		want := "reading the text: byte 1 of " + files[2] + " is not UTF-8: bytes reads any text"
		for _, limit := range []int{0, 1000} {
			if _, err := (Text{Files: files, Limit: limit, UTF8: true}).Read(100); err == nil || err.Error() != want {
				t.Errorf("%q: %v, want %s", bad, err, want)
			}
		}
		must(Text{Files: files}.Read(100))
	}
}
