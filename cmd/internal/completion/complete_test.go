package completion

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
)

// sample returns what a sampler that has the model alone draws.
func sample(m *language.Model, d language.Draw, prompt string, n int) string {
	s := must(m.NewSampler(d))
	symbols := must(m.Vocabulary.Encode([]byte(prompt)))
	check(s.Read(context.Background(), symbols))
	var text []byte
	if len(symbols) > 0 {
		text = m.Vocabulary.Append(nil, int(symbols[len(symbols)-1]))
	} else {
		text = m.Vocabulary.Append(nil, m.Start())
	}
	before := len(text)
	for range n {
		text = m.Vocabulary.Append(text, must(s.Next()))
	}
	return string([]rune(string(text[before:]))) // with a sign for each byte that is not a character
}

// draws are ways to draw, as fields and as the sampler has them.
var draws = []struct {
	fields fields
	draw   language.Draw
}{
	{fields{"temperature": 0}, language.Draw{}},
	{fields{"top_p": 0}, language.Draw{}}, // the likeliest alone
	{fields{"seed": 7}, language.Draw{Temperature: 1, Seed: 7}},
	{fields{"seed": -1, "temperature": 0.7}, language.Draw{Temperature: 0.7, Seed: 1<<64 - 1}},
	{fields{"seed": 3, "top_k": 4}, language.Draw{Temperature: 1, TopK: 4, Seed: 3}},
	{fields{"seed": 4, "top_p": 0.6, "top_k": 9}, language.Draw{Temperature: 1, TopK: 9, TopP: 0.6, Seed: 4}},
}

// TestCompletions expects the text that a sampler draws alone, whole and as a stream, though others
// run at the same time.
func TestCompletions(t *testing.T) {
	for _, level := range corpus.Levels() {
		m := newLanguage(level)
		_, url := newServer(t, m)
		var clients sync.WaitGroup
		for i, d := range draws {
			for _, prompt := range []string{"", "it was", "it was the best of times, ", strings.Repeat("Of times it was.\n", 5)} {
				clients.Go(func() {
					f := d.fields.with(fields{"prompt": prompt, "max_tokens": 50})
					want := sample(m, d.draw, prompt, 50)
					whole := ask(t, url, f)
					stream, events := askStream(t, url, f.with(fields{"stream_options": fields{"include_usage": true}}))
					if got := whole.Choices[0].Text; got != want {
						t.Errorf("%s, draw %d, prompt %q:\n%q, want\n%q", level, i, prompt, got, want)
					}
					if !reflect.DeepEqual(stream.Choices, whole.Choices) || !reflect.DeepEqual(stream.Usage, whole.Usage) {
						t.Errorf("the stream has\n%+v, the whole\n%+v", stream.Choices, whole.Choices)
					}
					symbols := len(must(m.Vocabulary.Encode([]byte(prompt))))
					if u := *whole.Usage; u != (usage{symbols, 50, symbols + 50}) {
						t.Errorf("usage %+v", u)
					}
					if finish := *whole.Choices[0].Finish; finish != "length" || events < 20 {
						t.Errorf("it ends with %s, after %d events", finish, events)
					}
				})
			}
		}
		clients.Wait()
	}
}

// TestHalf expects a server of half precision to draw what the model of the rounded weights does.
func TestHalf(t *testing.T) {
	m := newLanguage(corpus.Chars)
	_, url := newServer(t, m, func(o *Options) { o.Half = true })
	f := fields{"prompt": "it was", "max_tokens": 40, "seed": 3, "logprobs": 0, "state": true}
	half := ask(t, url, f).Choices[0]
	_, wholeURL := newServer(t, m)
	if whole := ask(t, wholeURL, f).Choices[0]; reflect.DeepEqual(half.Logprobs, whole.Logprobs) {
		t.Error("the weights are not rounded")
	}
	status, body := post(t, wholeURL, f.with(fields{"state": half.State}).json())
	if status != http.StatusBadRequest || !strings.Contains(string(body), "of another model") {
		t.Errorf("a state of half precision: status %d: %s", status, body)
	}
	rounded := must(m.Stack.Half())
	for i := range 2 {
		name := fmt.Sprintf("layer%d", i)
		check(m.Stack.Layer(name).Import(rounded.Layer(name).Export()))
	}
	_, roundedURL := newServer(t, m)
	if want := ask(t, roundedURL, f).Choices[0]; want.Text != half.Text || !reflect.DeepEqual(half.Logprobs, want.Logprobs) {
		t.Errorf("half precision draws %q, rounded weights %q", half.Text, want.Text)
	}
}

// TestChoices expects several prompts, and several texts of each, in their order. The first text of
// each prompt is what it is alone.
func TestChoices(t *testing.T) {
	_, url := newServer(t, newLanguage(corpus.Chars))
	f := fields{"seed": 5, "max_tokens": 20}
	prompts := []string{"it was", "", "Of"}
	f = f.with(fields{"logprobs": 0})
	a := ask(t, url, f.with(fields{"prompt": prompts, "n": 3, "echo": true}))
	texts := make(map[string]bool)
	for i, c := range a.Choices {
		prompt := prompts[i/3]
		if c.Index != i || !strings.HasPrefix(c.Text, prompt) || texts[c.Text] {
			t.Errorf("choice %d: %+v", i, c)
		}
		if n := len([]rune(c.Text)); len(c.Logprobs.Tokens) != n || len(c.Logprobs.Top) != n {
			t.Errorf("choice %d has the probabilities of %d of %d symbols", i, len(c.Logprobs.Tokens), n)
		}
		texts[c.Text] = true
		if i%3 == 0 && c.Text != prompt+ask1(t, url, f.with(fields{"prompt": prompt})) {
			t.Errorf("choice %d is another text alone", i)
		}
	}
	if len(a.Choices) != 9 || *a.Usage != (usage{8, 180, 188}) {
		t.Errorf("%d choices, usage %+v", len(a.Choices), *a.Usage)
	}
	stream, _ := askStream(t, url, f.with(fields{"prompt": prompts, "n": 3, "echo": true}))
	if !reflect.DeepEqual(stream.Choices, a.Choices) {
		t.Errorf("the stream has\n%+v, the whole\n%+v", stream.Choices, a.Choices)
	}
	if a, b := ask1(t, url, fields{"max_tokens": 40}), ask1(t, url, fields{"max_tokens": 40}); a == b {
		t.Errorf("without a seed, twice %q", a)
	}
}

// TestStops expects texts to end before the first stop string, whole and as a stream.
func TestStops(t *testing.T) {
	for _, level := range []corpus.Level{corpus.Bytes, corpus.Chars} {
		_, url := newServer(t, newLanguage(level))
		for seed := range 20 {
			f := fields{"seed": seed, "max_tokens": 60, "logprobs": 2}
			long := ask1(t, url, f)
			runes := []rune(long)
			at := 10 + seed
			stops := []string{"never", string(runes[at : at+3]), string(runes[at+1 : at+5]), string(runes[at+2 : at+3])}
			want := untilStop(long, stops)
			f = f.with(fields{"stop": stops})
			whole := ask(t, url, f)
			stream, _ := askStream(t, url, f)
			c := whole.Choices[0]
			if strings.ContainsRune(long, '�') {
				continue // a byte that is not a character is not what the stop says
			}
			if c.Text != want || *c.Finish != "stop" || strings.Join(c.Logprobs.Tokens, "") != want && level == corpus.Chars {
				t.Errorf("%s, stops %q: %+v, want %q of %q", level, stops, c, want, long)
			}
			if !reflect.DeepEqual(stream.Choices, whole.Choices) {
				t.Errorf("the stream has\n%+v, the whole\n%+v", stream.Choices, whole.Choices)
			}
		}
	}
}

// untilStop returns a text up to the stop string that is complete first.
func untilStop(text string, stops []string) string {
	for end := range len(text) + 1 {
		least := end
		for _, stop := range stops {
			if strings.HasSuffix(text[:end], stop) {
				least = min(least, end-len(stop))
			}
		}
		if least < end {
			return text[:least]
		}
	}
	return text
}
