package completion

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/gen/front"
)

// request is what a completion is asked for with.
type request struct {
	prompts    []string
	maxTokens  int
	draw       language.Draw
	seeded     bool // whether draw has the client's seed
	n          int  // completions of each prompt
	stops      []string
	echo       bool   // whether the text begins with the prompt
	logprobs   int    // how many of the likeliest symbols are told for each; −1: none, and no probabilities
	state      string // to continue from, "" for none
	wantsState bool
	stream     bool
	usage      bool // whether the stream ends with the usage
}

// The largest numbers that fields may have, beside those of the options.
const (
	maxPrompts     = 16 // of a request, and completions of a prompt
	maxStops       = 4
	maxStop        = 256 // bytes
	maxLogprobs    = 5
	maxTemperature = 2
)

// parse reads the body of a request. Its errors are problems that name the field.
func (s *Server) parse(body []byte) (*request, error) {
	if !utf8.Valid(body) {
		return nil, refusef("", "the body is not UTF-8")
	}
	var fields map[string]json.RawMessage
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&fields); err != nil {
		return nil, refusef("", "the body is not a JSON object: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, refusef("", "there is more after the body's JSON object")
	}
	r := &request{prompts: []string{""}, n: 1, maxTokens: min(16, s.options.MaxTokens), logprobs: -1}
	r.draw.Temperature = 1
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		field, ok := requestFields[name]
		switch {
		case !ok:
			return nil, refusef(name, "unknown field %s%s", quoted(name), front.Nearest(name, fieldNames))
		case string(fields[name]) == "null": // as if it were not there
			continue
		}
		if err := field(r, &value{name, fields[name], s.options}); err != nil {
			return nil, err
		}
	}
	if r.usage && !r.stream {
		return nil, refusef("stream_options", "stream_options is given, and stream is not true")
	}
	return r, r.checkSums(s.options)
}

// checkSums returns an error if the completions of the request take more than the limits together.
func (r *request) checkSums(limits Options) error {
	bytes, times := 0, 1
	for _, p := range r.prompts {
		bytes += len(p)
	}
	if r.echo { // each completion has its prompt then
		times = r.n
	}
	switch drawn := len(r.prompts) * r.n * r.maxTokens; {
	case drawn > limits.MaxTokens:
		return refusef("max_tokens", "%d completions of max_tokens = %d are %d tokens, want at most %d in all",
			len(r.prompts)*r.n, r.maxTokens, drawn, limits.MaxTokens)
	case bytes*times > limits.MaxPrompt:
		return refusef("prompt", "prompts have %d bytes, %d times, want at most %d in all", bytes, times, limits.MaxPrompt)
	}
	return nil
}

// requestFields read the fields of a request.
var requestFields map[string]func(r *request, v *value) error

var fieldNames []string

func init() {
	requestFields = map[string]func(r *request, v *value) error{
		"prompt":         (*request).readPrompt,
		"max_tokens":     func(r *request, v *value) error { return v.integer(&r.maxTokens, 0, v.limits.MaxTokens) },
		"temperature":    func(r *request, v *value) error { return v.number(&r.draw.Temperature, 0, maxTemperature) },
		"top_p":          func(r *request, v *value) error { return v.topP(&r.draw.TopP) },
		"top_k":          func(r *request, v *value) error { return v.integer(&r.draw.TopK, 0, 1<<31-1) },
		"seed":           (*request).readSeed,
		"n":              func(r *request, v *value) error { return v.integer(&r.n, 1, maxPrompts) },
		"stop":           (*request).readStop,
		"stream":         func(r *request, v *value) error { return v.boolean(&r.stream) },
		"stream_options": (*request).readStreamOptions,
		"logprobs":       func(r *request, v *value) error { return v.integer(&r.logprobs, 0, maxLogprobs) },
		"echo":           func(r *request, v *value) error { return v.boolean(&r.echo) },
		"state":          (*request).readState,
		"model":          accept,
		"user":           accept,
		"best_of":        neutral("1", "a server that draws one text does not choose the best of several"),
		"suffix":         neutral(`""`, "the model reads forward, and cannot insert before a suffix"),
		"logit_bias":     neutral("{}", "it would change what the model says"),

		"presence_penalty":  neutral("0", "a recurrent model does not keep the symbols that it has drawn"),
		"frequency_penalty": neutral("0", "a recurrent model does not keep the symbols that it has drawn"),
	}
	fieldNames = slices.Sorted(maps.Keys(requestFields))
}

// accept takes a text that changes nothing.
func accept(_ *request, v *value) error {
	var text string
	return v.text(&text)
}

// neutral takes a field that may only have the value that changes nothing.
func neutral(want, why string) func(*request, *value) error {
	return func(_ *request, v *value) error {
		var have bytes.Buffer
		if err := json.Compact(&have, v.raw); err == nil && have.String() == want || sameNumber(have.String(), want) {
			return nil
		}
		return v.refuse("%s is not supported: %s; leave it out", v.name, why)
	}
}

// sameNumber reports whether two texts are the same number, such as 0 and -0.0.
func sameNumber(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	y, wrong := strconv.ParseFloat(b, 64)
	return err == nil && wrong == nil && x == y
}

func (r *request) readPrompt(v *value) error {
	r.prompts = nil
	if err := v.texts(&r.prompts, "a text or an array of 1 to 16 texts", 1, maxPrompts); err != nil {
		return err
	}
	for _, p := range r.prompts {
		if len(p) > v.limits.MaxPrompt {
			return v.refuse("the prompt has %d bytes, want at most %d", len(p), v.limits.MaxPrompt)
		}
	}
	return nil
}

func (r *request) readSeed(v *value) error {
	var seed int64
	if json.Unmarshal(v.raw, &seed) != nil {
		return v.refuse("seed is %s, want an integer of 64 bits", v)
	}
	r.draw.Seed, r.seeded = uint64(seed), true
	return nil
}

func (r *request) readStop(v *value) error {
	if err := v.texts(&r.stops, "a text or an array of up to 4 texts", 0, maxStops); err != nil {
		return err
	}
	for _, stop := range r.stops {
		if stop == "" || len(stop) > maxStop {
			return v.refuse("a text in stop has %d bytes, want 1 to %d", len(stop), maxStop)
		}
	}
	return nil
}

func (r *request) readStreamOptions(v *value) error {
	var options struct {
		IncludeUsage bool `json:"include_usage"`
	}
	d := json.NewDecoder(bytes.NewReader(v.raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&options); err != nil {
		return v.refuse(`stream_options is %s, want {"include_usage": true}`, v)
	}
	r.usage = options.IncludeUsage
	return nil
}

func (r *request) readState(v *value) error {
	if v.boolean(&r.wantsState) == nil {
		return nil
	}
	r.wantsState = true
	if v.text(&r.state) != nil || r.state == "" {
		return v.refuse("state is %s, want true, or the text of a state", v)
	}
	return nil
}
