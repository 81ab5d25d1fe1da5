package completion

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
)

// TestStates expects completions that go on from states to be, together, what one long completion
// is, bit for bit in the state too.
func TestStates(t *testing.T) {
	for _, level := range corpus.Levels() {
		_, url := newServer(t, newLanguage(level))
		for _, d := range draws {
			f := fields{"seed": 1, "prompt": "it was ", "state": true}.with(d.fields)
			long := ask(t, url, f.with(fields{"max_tokens": 60})).Choices[0]
			text, state := "", any(true)
			for i, n := range []int{1, 0, 39, 20} {
				part := f.with(fields{"max_tokens": n, "state": state})
				if i > 0 {
					delete(part, "prompt")
					delete(part, "seed") // the random numbers go on
				}
				var c piece
				if i%2 == 0 {
					c = ask(t, url, part).Choices[0]
				} else {
					a, _ := askStream(t, url, part)
					c = a.Choices[0]
				}
				text, state = text+c.Text, c.State
			}
			if state != long.State || level != corpus.Bytes && text != long.Text {
				t.Errorf("%s: in parts %q, in one %q, states equal: %t", level, text, long.Text, state == long.State)
			}
		}
	}
}

// TestPromptsFromStates expects a prompt in two parts to do what it does whole.
func TestPromptsFromStates(t *testing.T) {
	_, url := newServer(t, newLanguage(corpus.Chars))
	f := fields{"max_tokens": 0, "logprobs": 3, "echo": true, "state": true}
	first, second := "it was the ", strings.Repeat("best of times – ", 4)
	whole := ask(t, url, f.with(fields{"prompt": first + second, "seed": 9})).Choices[0]
	a := ask(t, url, f.with(fields{"prompt": first, "seed": 9})).Choices[0]
	b := ask(t, url, f.with(fields{"prompt": second, "state": a.State})).Choices[0]
	a.Logprobs.append(b.Logprobs)
	have, want := must(json.Marshal(a.Logprobs.Logprobs)), must(json.Marshal(whole.Logprobs.Logprobs))
	if b.State != whole.State || string(have) != string(want) || a.Text+b.Text != whole.Text {
		t.Errorf("in two parts %s, want %s", have, want)
	}
	several := ask(t, url, fields{"prompt": []string{"", second}, "n": 2, "state": a.State, "max_tokens": 30})
	texts := make(map[string]bool)
	for _, c := range several.Choices {
		texts[c.Text] = true
	}
	if len(texts) != 4 {
		t.Errorf("choices from a state: %v", texts)
	}
}

// TestWrongStates expects what is not a state of the model to be refused, with a reason.
func TestWrongStates(t *testing.T) {
	m := newLanguage(corpus.Chars)
	_, url := newServer(t, m)
	_, otherURL := newServer(t, newSeeded(m.Vocabulary, 6))
	f := fields{"max_tokens": 3, "state": true}
	state := ask(t, url, f).Choices[0].State
	other := ask(t, otherURL, f).Choices[0].State
	change := func(sum bool, do func(b []byte) []byte) string {
		b := do(must(base64.StdEncoding.DecodeString(state)))
		if sum {
			binary.LittleEndian.PutUint32(b[len(b)-4:], crc32.Checksum(b[:len(b)-4], castagnoli))
		}
		return base64.StdEncoding.EncodeToString(b)
	}
	set := func(at int, v uint32) func(b []byte) []byte {
		return func(b []byte) []byte {
			binary.LittleEndian.PutUint32(b[at:], v)
			return b
		}
	}
	for _, c := range []struct{ state, want string }{
		{"x", "it is not base64"},
		{state[:len(state)-4], "characters, want"},
		{state + "AAAA", "characters, want"},
		{"AAAA" + state, "it is not the text of a state"},
		{other, "it is of another model"},
		{change(false, set(300, 1)), "its checksum is wrong"},
		{change(true, set(300, math.Float32bits(float32(math.Inf(1))))), "has +Inf"},
		{change(true, set(300, 0x7fc00000)), "has NaN"},
		{change(true, set(44, 21)), "its symbol or its widths"},
		{change(true, set(44, math.MaxUint32)), "its symbol or its widths"},
		{change(true, set(48, 5)), "its symbol or its widths"},
		{change(true, set(52, 34)), "its symbol or its widths"},
		{change(true, set(24, 0)), "its random numbers are malformed"},
	} {
		status, body := post(t, url, f.with(fields{"state": c.state}).json())
		if status != http.StatusBadRequest || !strings.Contains(string(body), c.want) || !strings.Contains(string(body), `"param":"state"`) {
			t.Errorf("status %d: %s, want %s", status, body, c.want)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 { // a flipped bit
		b := must(base64.StdEncoding.DecodeString(state))
		b[random.IntN(len(b))] ^= 1 << random.IntN(8)
		if status, body := post(t, url, f.with(fields{"state": base64.StdEncoding.EncodeToString(b)}).json()); status != http.StatusBadRequest {
			t.Fatalf("status %d: %s", status, body)
		}
	}
	if again := ask(t, url, f.with(fields{"state": state, "max_tokens": 0})).Choices[0].State; again != state {
		t.Error("a state that nothing is added to changes")
	}
}

// TestProbabilities compares the probabilities of a text with those of the model in one pass, and
// float64 softmax, within 1e-6 absolutely.
func TestProbabilities(t *testing.T) {
	for _, level := range []corpus.Level{corpus.Chars, corpus.Words} {
		m := newLanguage(level)
		_, url := newServer(t, m)
		prompt := "it was the best of times, it was the worst of times"
		f := fields{"prompt": prompt, "max_tokens": 25, "logprobs": 4, "echo": true, "seed": 3, "temperature": 0.5}
		c := ask(t, url, f).Choices[0]
		symbols := must(m.Vocabulary.Encode([]byte(c.Text)))
		tokens, logits := make([]int, len(symbols)), make([]float32, len(symbols)*m.Vocabulary.Len())
		for i, s := range symbols {
			tokens[i] = int(s)
		}
		ws, state := must(m.Stack.NewInference(len(symbols), 1)), must(m.Stack.NewState(1))
		check(m.Stack.ForwardTokens(ws, state, tokens, logits, nil))
		if l := c.Logprobs; len(l.Tokens) != len(symbols) || len(l.Logprobs) != len(symbols) || len(l.Top) != len(symbols) || l.Logprobs[0] != nil {
			t.Fatalf("%d symbols: %+v", len(symbols), l)
		}
		for i := 1; i < len(symbols); i++ {
			row := logits[(i-1)*m.Vocabulary.Len():][:m.Vocabulary.Len()]
			checkProbabilities(t, m, row, tokens[i], c.Logprobs, i)
			if rest := []rune(c.Text)[c.Logprobs.TextOffsets[i]:]; !strings.HasPrefix(strings.TrimLeft(string(rest), " "), strings.Trim(c.Logprobs.Tokens[i], " ")) && c.Logprobs.Tokens[i] != "<eos>" {
				t.Errorf("symbol %d, %q, is said to begin at %q", i, c.Logprobs.Tokens[i], string(rest))
			}
		}
		stream, _ := askStream(t, url, f)
		if have, want := must(json.Marshal(stream.Choices)), must(json.Marshal([]piece{c})); string(have) != string(want) {
			t.Errorf("the stream has\n%s, the whole\n%s", have, want)
		}
	}
}

// checkProbabilities compares a symbol's with softmax of its row of logits.
func checkProbabilities(t *testing.T, m *language.Model, row []float32, symbol int, l *logprobs, at int) {
	var sum float64
	for _, v := range row {
		sum += math.Exp(float64(v))
	}
	of := func(i int) float64 { return float64(row[i]) - math.Log(sum) }
	if have, want := *l.Logprobs[at], of(symbol); math.Abs(have-want) > 1e-6 {
		t.Errorf("symbol %d has %v, want %v", at, have, want)
	}
	sorted := slices.Clone(row)
	slices.Sort(sorted)
	for name, have := range l.Top[at] {
		n, ok := m.Vocabulary.Number(name)
		if !ok || math.Abs(have-of(n)) > 1e-6 || row[n] < sorted[len(row)-4] && n != symbol {
			t.Errorf("after symbol %d %q has %v", at, name, have)
		}
	}
	if n := len(l.Top[at]); n != 4 && n != 5 {
		t.Errorf("%d likeliest symbols", n)
	}
}
