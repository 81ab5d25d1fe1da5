package completion

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
)

// TestHistogram compares a histogram with what Prometheus' text format has for it.
func TestHistogram(t *testing.T) {
	h := newHistogram(0.5, 1, 20)
	for _, v := range []float64{0.25, 1, 0.75, 19, 20, 21} {
		h.add(v)
	}
	var b bytes.Buffer
	h.write(&b, "x", "What it counts.")
	const want = `# HELP x What it counts.
# TYPE x histogram
x_bucket{le="0.5"} 1
x_bucket{le="1"} 3
x_bucket{le="20"} 5
x_bucket{le="+Inf"} 6
x_sum 62
x_count 6
`
	if b.String() != want {
		t.Errorf("it writes\n%s, want\n%s", &b, want)
	}
}

// TestMetrics expects counts of what has been asked for, in lines that Prometheus reads.
func TestMetrics(t *testing.T) {
	_, url := newServer(t, newLanguage(corpus.Chars))
	ask(t, url, fields{"prompt": "it was", "max_tokens": 9, "n": 2})
	for _, body := range []string{`{`, `{"x":1}`} {
		post(t, url, []byte(body))
	}
	for name, want := range map[string]int{
		`lm_requests_total{code="200"}`: 1, `lm_requests_total{code="400"}`: 2, "lm_prompt_tokens_total": 6, "lm_tokens_total": 18,
		"lm_running": 0, "lm_sessions": 0, "lm_queue_length": 0,
		"lm_batch_rows_sum": 5 + 18, "lm_batch_rows_count": 5 + 18, `lm_batch_rows_bucket{le="1"}`: 5 + 18, "lm_step_seconds_count": 5 + 18,
	} {
		have := metric(t, url, name)
		if name == `lm_requests_total{code="200"}` {
			want = max(want, have) // /metrics itself counts, too
		}
		if have != want {
			t.Errorf("%s is %d, want %d", name, have, want)
		}
	}
	r := must(http.Get(url + "/metrics"))
	defer r.Body.Close()
	line := regexp.MustCompile(`^(# (HELP \w+ .+|TYPE \w+ (counter|gauge|histogram))|\w+(\{\w+="[^"]*"\})? [-+.e0-9]+)$`)
	for l := range strings.Lines(string(must(io.ReadAll(r.Body)))) {
		if !line.MatchString(strings.TrimSuffix(l, "\n")) {
			t.Errorf("a line is %q", l)
		}
	}
	if kind := r.Header.Get("Content-Type"); kind != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("it is %s", kind)
	}
}
