package completion

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
)

// TestRefusals expects mistakes to have a status and a message that says what is wanted.
func TestRefusals(t *testing.T) {
	_, url := newServer(t, newLanguage(corpus.Chars), func(o *Options) { o.MaxTokens, o.MaxPrompt = 100, 50 })
	for _, c := range []struct{ body, param, want string }{
		{``, "", "the body is not a JSON object"},
		{`[]`, "", "the body is not a JSON object"},
		{`{"prompt":"a"} {}`, "", "there is more after"},
		{"{\"prompt\":\"\xff\"}", "", "the body is not UTF-8"},
		{`{"promt":"a"}`, "promt", "unknown field \\\"promt\\\" (did you mean"},
		{`{"Prompt":"a"}`, "Prompt", "unknown field"},
		{`{"prompt":1}`, "prompt", "prompt is 1, want a text or an array of 1 to 16 texts"},
		{`{"prompt":[]}`, "prompt", "want a text or an array of 1 to 16 texts"},
		{`{"prompt":[null]}`, "prompt", "want a text or an array"},
		{`{"prompt":[1,2]}`, "prompt", "want a text or an array"},
		{`{"prompt":"Z"}`, "prompt", "the vocabulary of 21 chars does not have \\\"Z\\\""},
		{`{"prompt":"` + strings.Repeat("a", 51) + `"}`, "prompt", "the prompt has 51 bytes, want at most 50"},
		{`{"max_tokens":101}`, "max_tokens", "max_tokens is 101, want an integer from 0 to 100"},
		{`{"max_tokens":30,"n":2,"prompt":["","a"]}`, "max_tokens", "4 completions of max_tokens = 30 are 120 tokens, want at most 100 in all"},
		{`{"max_tokens":0,"n":2,"echo":true,"prompt":["` + strings.Repeat("a", 20) + `","` + strings.Repeat("a", 20) + `"]}`, "prompt", "prompts have 40 bytes, 2 times, want at most 50 in all"},
		{`{"max_tokens":-1}`, "max_tokens", "want an integer from 0"},
		{`{"max_tokens":1.5}`, "max_tokens", "max_tokens is 1.5, want an integer"},
		{`{"temperature":2.1}`, "temperature", "temperature is 2.1, want a number from 0 to 2"},
		{`{"temperature":"1"}`, "temperature", "want a number from 0 to 2"},
		{`{"top_p":-0.1}`, "top_p", "want a number from 0 to 1"},
		{`{"top_k":-1}`, "top_k", "want an integer from 0"},
		{`{"seed":1e30}`, "seed", "want an integer of 64 bits"},
		{`{"n":17}`, "n", "want an integer from 1 to 16"},
		{`{"stop":["a","b","c","d","e"]}`, "stop", "want a text or an array of up to 4 texts"},
		{`{"stop":""}`, "stop", "has 0 bytes, want 1 to 256"},
		{`{"stream":1}`, "stream", "stream is 1, want true or false"},
		{`{"stream_options":{"include_usage":true}}`, "stream_options", "stream is not true"},
		{`{"stream":true,"stream_options":{"x":true}}`, "stream_options", "want {\\\"include_usage\\\": true}"},
		{`{"logprobs":6}`, "logprobs", "want an integer from 0 to 5"},
		{`{"echo":"yes"}`, "echo", "want true or false"},
		{`{"suffix":"x"}`, "suffix", "suffix is not supported: the model reads forward"},
		{`{"best_of":2}`, "best_of", "best_of is not supported"},
		{`{"presence_penalty":0.5}`, "presence_penalty", "is not supported"},
		{`{"frequency_penalty":1}`, "frequency_penalty", "is not supported"},
		{`{"frequency_penalty":"0"}`, "frequency_penalty", "is not supported"},
		{`{"logit_bias":{"1":2}}`, "logit_bias", "is not supported"},
		{`{"user":1}`, "user", "user is 1, want a text"},
		{`{"state":1}`, "state", "state is 1, want true, or the text of a state"},
	} {
		status, body := post(t, url, []byte(c.body))
		var p struct{ Error problem }
		if err := json.Unmarshal(body, &p); err != nil || status != http.StatusBadRequest || !strings.Contains(string(body), c.want) ||
			p.Error.Type != "invalid_request_error" || c.param != "" && (p.Error.Param == nil || *p.Error.Param != c.param) {
			t.Errorf("%s: status %d: %s, want %s", c.body, status, body, c.want)
		}
	}
	for _, harmless := range []string{
		`{"user":"x","model":"any","best_of":1,"suffix":null,"logit_bias":{ },"presence_penalty":-0,"frequency_penalty":0.0,"stop":[],"logprobs":null}`,
		`{"prompt":null,"max_tokens":0,"top_p":0,"state":false}`,
	} {
		if status, body := post(t, url, []byte(harmless)); status != http.StatusOK {
			t.Errorf("%s: status %d: %s", harmless, status, body)
		}
	}
}

// TestMalformed changes valid requests at random: each is answered with 200, or with 4xx and a
// reason.
func TestMalformed(t *testing.T) {
	_, url := newServer(t, newLanguage(corpus.Chars), func(o *Options) { o.MaxTokens, o.MaxPrompt = 100, 50 })
	state := ask(t, url, fields{"state": true}).Choices[0].State
	valid := [][]byte{
		fields{"prompt": "it was", "max_tokens": 3, "temperature": 0.5, "stream": true, "stop": []string{"a", "b"}, "n": 2}.json(),
		fields{"prompt": []string{"Of", "it"}, "logprobs": 3, "echo": true, "seed": 5, "top_p": 0.5, "top_k": 3, "user": "me"}.json(),
		fields{"state": state, "prompt": "the", "max_tokens": 2, "model": "m", "stream_options": nil, "suffix": nil}.json(),
	}
	pieces := []string{`"`, `\`, `{`, `}`, `[`, `]`, `,`, `:`, `null`, `true`, `-1`, `1e999`, `9999999999999999999`, `0.1`, "\x00", "\xff", `\ud800`, `–`, strings.Repeat("[", 20000)}
	random := rand.New(rand.NewPCG(3, 4))
	answers := make(map[int]int)
	for range 1500 {
		body := bytes.Clone(valid[random.IntN(len(valid))])
		for range 1 + random.IntN(3) {
			at := random.IntN(min(len(body), 200))
			end := min(at+random.IntN(8), len(body))
			piece := []byte(pieces[random.IntN(len(pieces))])
			if random.IntN(3) == 0 {
				piece = body[at/2 : at] // a part of the request, again
			}
			body = append(append(bytes.Clone(body[:at]), piece...), body[end:]...)
		}
		status, answer := post(t, url, body)
		answers[status]++
		reason := strings.Contains(string(answer), `{"error":{"message":"`)
		if status != http.StatusOK && (status < 400 || status > 499 || !reason) {
			t.Fatalf("%.300q: status %d: %s", body, status, answer)
		}
	}
	if answers[http.StatusBadRequest] < 1000 {
		t.Errorf("statuses %v, want at least 1000 of mistakes", answers)
	}
}

// TestRequests tries what is wrong outside of a body.
func TestRequests(t *testing.T) {
	s, url := newServer(t, newLanguage(corpus.Chars), func(o *Options) { o.Key = "secret" })
	long := strings.NewReader(`{"prompt":"` + strings.Repeat("a", int(s.maxBody())) + `"}`)
	for _, c := range []struct {
		method, path, key, kind, host, site string
		body                                io.Reader
		status                              int
		want                                string
	}{
		{"GET", "/", "", "", "", "", nil, 200, "<title>lm serve"},
		{"GET", "/healthz", "", "", "", "", nil, 200, `"ok"`},
		{"GET", "/props", "secret", "", "", "", nil, 200, `"parameters":`},
		{"GET", "/v1/models", "secret", "", "", "", nil, 200, `"id":"tiny"`},
		{"GET", "/props", "", "", "", "", nil, 401, "invalid_api_key"},
		{"GET", "/metrics", "Secret", "", "", "", nil, 401, "want the header Authorization: Bearer"},
		{"POST", "/v1/completions", "", "", "", "", nil, 401, "invalid_api_key"},
		{"GET", "/v1/completions", "secret", "", "", "", nil, 405, `the method is \"GET\", want POST`},
		{"DELETE", "/", "secret", "", "", "", nil, 405, "want GET or HEAD"},
		{"GET", "/v1/chat", "secret", "", "", "", nil, 404, `there is nothing at \"/v1/chat\"`},
		{"POST", "/v1/completions", "secret", "text/plain", "", "", nil, 415, `is \"text/plain\", want application/json`},
		{"POST", "/v1/completions", "secret", "application/json", "", "", long, 413, "the body has more than"},
		{"GET", "/healthz", "", "", "evil.example", "", nil, 421, "want this machine"},
		{"GET", "/healthz", "", "", "127.0.0.2:80", "", nil, 200, "ok"},
		{"GET", "/healthz", "", "", "[::1]:80", "", nil, 200, "ok"},
		{"GET", "/healthz", "", "", "localhost", "", nil, 200, "ok"},
		{"POST", "/v1/completions", "secret", "application/json", "", "cross-site", nil, 403, "cross-origin"},
	} {
		r := must(http.NewRequest(c.method, url+c.path, c.body))
		for name, v := range map[string]string{"Content-Type": c.kind, "Sec-Fetch-Site": c.site} {
			if v != "" {
				r.Header.Set(name, v)
			}
		}
		if r.Host = c.host; c.key != "" {
			r.Header.Set("Authorization", "Bearer "+c.key)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body := must(io.ReadAll(answer.Body))
		answer.Body.Close()
		if answer.StatusCode != c.status || !strings.Contains(string(body), c.want) {
			t.Errorf("%s %s: status %d: %s; want %d, %s", c.method, c.path, answer.StatusCode, body, c.status, c.want)
		}
	}
}

// TestOptions expects limits out of range to be refused, by the flags' names.
func TestOptions(t *testing.T) {
	m := newLanguage(corpus.Chars)
	for _, c := range []struct {
		change func(*Options)
		want   string
	}{
		{func(o *Options) { o.Sessions = 0 }, "-sessions is 0, want a number from 1"},
		{func(o *Options) { o.Queue = -1 }, "-queue is -1"},
		{func(o *Options) { o.MaxTokens = 0 }, "-maxtokens is 0"},
		{func(o *Options) { o.MaxPrompt = 1 << 30 }, "-maxprompt is 1073741824"},
		{func(o *Options) { o.Wait = -1 }, "-wait is -1ns"},
		{func(o *Options) { o.Timeout = 0 }, "-timeout is 0s"},
	} {
		o := Defaults()
		c.change(&o)
		if _, err := New(m, o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}
