package completion

import (
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/browser"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
)

// TestPage uses the page in a browser: it writes a prompt, sees symbols arrive, stops them, has a
// text of a seed, and makes mistakes.
func TestPage(t *testing.T) {
	_, url := newServer(t, newLanguage(corpus.Chars), func(o *Options) { o.MaxTokens = 1 << 20 })
	b := browser.New(t, url)
	b.Until(`document.getElementById("model").textContent === "tiny"`)
	b.Write("prompt", "it was – ")
	b.Write("tokens", "1000000")
	b.Click("go")
	b.Until(`document.getElementById("text").textContent.length > 100`)
	b.Eval(`window.before = document.getElementById("text").textContent.length`)
	b.Until(`document.getElementById("text").textContent.length > before + 100`)
	b.Click("stop")
	b.Until(`document.getElementById("status").textContent === "stopped" && !document.getElementById("go").disabled`)
	await(t, url, "lm_running", 0)
	if text := b.Text("text"); !strings.HasPrefix(text, "it was – ") {
		t.Errorf("the page has %.100q", text)
	}

	b.Write("tokens", "50")
	b.Write("seed", "3")
	b.Write("temperature", "1")
	b.Click("go")
	b.Until(`document.getElementById("status").textContent.endsWith(" s: length")`)
	want := "it was – " + ask1(t, url, fields{"prompt": "it was – ", "max_tokens": 50, "seed": 3, "top_p": 1})
	if text := b.Text("text"); text != want {
		t.Errorf("the page has %q, want %q", text, want)
	}

	b.Write("prompt", "Zebra")
	b.Click("go")
	b.Until(`document.getElementById("status").textContent.startsWith("error: byte 0 of the text: the vocabulary")`)
	for _, line := range b.Logged {
		if !strings.Contains(line, "status of 400") {
			t.Errorf("the browser complains: %s", line)
		}
	}
}
