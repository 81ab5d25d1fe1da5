package completion

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// logprobs are the natural logarithms of the probabilities of symbols, as the model has them:
// temperature, top_p and top_k have no part in them.
type logprobs struct {
	Tokens      []string             `json:"tokens"`
	Logprobs    []*float64           `json:"token_logprobs"` // nil of a first symbol, which nothing foretells
	Top         []map[string]float64 `json:"top_logprobs"`   // of the likeliest symbols, and the one itself
	TextOffsets []int                `json:"text_offset"`    // in characters from the start of the prompt
}

// newLogprobs has no symbols, but arrays.
func newLogprobs() *logprobs {
	return &logprobs{[]string{}, []*float64{}, []map[string]float64{}, []int{}}
}

// add adds a symbol, which the logits foretell unless they are nil.
func (l *logprobs) add(m *model, symbol int, logits []float32, top, offset int) {
	l.Tokens, l.TextOffsets = append(l.Tokens, m.name(symbol)), append(l.TextOffsets, offset)
	if logits == nil {
		l.Logprobs, l.Top = append(l.Logprobs, nil), append(l.Top, nil)
		return
	}
	log := newLogSoftmax(logits)
	own := log.of(symbol)
	l.Logprobs = append(l.Logprobs, &own)
	if top == 0 {
		l.Top = append(l.Top, nil)
		return
	}
	of := map[string]float64{m.name(symbol): own}
	for _, likely := range likeliest(logits, top) {
		of[m.name(likely)] = log.of(likely)
	}
	l.Top = append(l.Top, of)
}

func (l *logprobs) append(other *logprobs) {
	l.Tokens, l.Logprobs = append(l.Tokens, other.Tokens...), append(l.Logprobs, other.Logprobs...)
	l.Top, l.TextOffsets = append(l.Top, other.Top...), append(l.TextOffsets, other.TextOffsets...)
}

// cut returns the first n symbols, and the others.
func (l *logprobs) cut(n int) (first, rest *logprobs) {
	return &logprobs{l.Tokens[:n:n], l.Logprobs[:n:n], l.Top[:n:n], l.TextOffsets[:n:n]},
		&logprobs{l.Tokens[n:], l.Logprobs[n:], l.Top[n:], l.TextOffsets[n:]}
}

// logSoftmax is log softmax of logits.
type logSoftmax struct {
	logits []float32
	sum    float64 // the logarithm of the sum of exponentials
}

func newLogSoftmax(logits []float32) logSoftmax {
	most, sum := math.Inf(-1), 0.0
	for _, v := range logits {
		most = max(most, float64(v))
	}
	for _, v := range logits {
		sum += math.Exp(float64(v) - most)
	}
	return logSoftmax{logits, most + math.Log(sum)}
}

// impossible stands for a logarithm that is not finite, which JSON does not have.
const impossible = -9999

func (l logSoftmax) of(symbol int) float64 {
	if v := float64(l.logits[symbol]) - l.sum; v > impossible && v <= 0 {
		return v
	} else if v > 0 {
		return 0 // by rounding
	}
	return impossible
}

// likeliest returns the n likeliest symbols, the likeliest first.
func likeliest(logits []float32, n int) (symbols []int) {
	for i, v := range logits {
		at := len(symbols)
		for at > 0 && v > logits[symbols[at-1]] {
			at--
		}
		if at < n {
			symbols = append(symbols[:at], append([]int{i}, symbols[at:]...)...)
			symbols = symbols[:min(len(symbols), n)]
		}
	}
	return symbols
}

// name returns a symbol as a text or, if it is a part of a character, in OpenAI's notation for
// bytes.
func (m *model) name(symbol int) string {
	s := m.Vocabulary.Symbol(symbol)
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	b.WriteString("bytes:")
	for i := range len(s) {
		fmt.Fprintf(&b, `\x%02x`, s[i])
	}
	return b.String()
}
