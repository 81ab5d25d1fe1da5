package completion

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
)

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// corpusText has a character of three bytes, blanks and ends of lines.
const corpusText = "It was the best of times, it was the worst of times – once.\nOf times it was.\n"

// newLanguage returns a small model with random weights.
func newLanguage(level corpus.Level) *language.Model {
	v := must(corpus.NewVocabulary(level, []byte(corpusText), 0))
	return newSeeded(v, 5)
}

// newSeeded has larger weights than models begin with, so that what it says depends on all of a text.
func newSeeded(v *corpus.Vocabulary, seed uint64) *language.Model {
	m := must(language.New(must(cells.Find("nascell")), v, language.Options{Hidden: 33, Embed: 7, Layers: 2, Seed: seed}))
	for _, p := range m.Stack.Params("").Distinct() {
		for i := range p.Value {
			p.Value[i] *= 4
		}
	}
	return m
}

// newServer returns a server, and where it is.
func newServer(t testing.TB, m *language.Model, change ...func(*Options)) (*Server, string) {
	t.Helper()
	o := Defaults()
	o.Name = "tiny"
	for _, c := range change {
		c(&o)
	}
	s := must(New(m, o))
	h := httptest.NewServer(s)
	t.Cleanup(func() {
		h.CloseClientConnections()
		h.Close()
		s.Close()
	})
	return s, h.URL
}

// fields are the fields of a request.
type fields map[string]any

func (f fields) json() []byte { return must(json.Marshal(f)) }

// with returns the fields with more of them.
func (f fields) with(more fields) fields {
	all := fields{}
	for _, from := range []fields{f, more} {
		for name, v := range from {
			all[name] = v
		}
	}
	return all
}

// post sends a body, and returns the status and the body of the answer.
func post(t testing.TB, url string, body []byte) (int, []byte) {
	t.Helper()
	r, err := http.Post(url+"/v1/completions", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	answer, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, answer
}

// ask asks for completions, which must succeed.
func ask(t testing.TB, url string, f fields) answer {
	t.Helper()
	status, body := post(t, url, f.json())
	var a answer
	if err := json.Unmarshal(body, &a); err != nil || status != http.StatusOK {
		t.Fatalf("%s: status %d: %s", f.json(), status, body)
	}
	return a
}

// askStream asks for completions as a stream, and puts its pieces together.
func askStream(t testing.TB, url string, f fields) (a answer, events int) {
	t.Helper()
	status, body := post(t, url, f.with(fields{"stream": true}).json())
	list := strings.Split(strings.TrimSuffix(string(body), "\n\n"), "\n\n")
	if status != http.StatusOK || list[len(list)-1] != "data: [DONE]" {
		t.Fatalf("%s: status %d: %s", f.json(), status, body)
	}
	for _, text := range list[:len(list)-1] {
		var part answer
		if err := json.Unmarshal([]byte(strings.TrimPrefix(text, "data: ")), &part); err != nil || len(part.Choices) > 1 {
			t.Fatalf("%q: %v", text, err)
		}
		if part.Usage != nil {
			a.Usage = part.Usage
		}
		for _, p := range part.Choices {
			a.add(p)
		}
	}
	return a, len(list)
}

// text asks for one completion.
func ask1(t testing.TB, url string, f fields) string {
	t.Helper()
	return ask(t, url, f).Choices[0].Text
}
