package completion

import (
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
)

// TestPage uses the page in a browser: it writes a prompt, sees symbols arrive, stops them, has a
// text of a seed, and makes mistakes.
func TestPage(t *testing.T) {
	_, url := newServer(t, newLanguage(corpus.Chars), func(o *Options) { o.MaxTokens = 1 << 20 })
	b := newBrowser(t, url)
	b.until(`document.getElementById("model").textContent === "tiny"`)
	b.write("prompt", "it was – ")
	b.write("tokens", "1000000")
	b.click("go")
	b.until(`document.getElementById("text").textContent.length > 100`)
	b.eval(`window.before = document.getElementById("text").textContent.length`)
	b.until(`document.getElementById("text").textContent.length > before + 100`)
	b.click("stop")
	b.until(`document.getElementById("status").textContent === "stopped" && !document.getElementById("go").disabled`)
	await(t, url, "lm_running", 0)
	if text := b.text("text"); !strings.HasPrefix(text, "it was – ") {
		t.Errorf("the page has %.100q", text)
	}

	b.write("tokens", "50")
	b.write("seed", "3")
	b.write("temperature", "1")
	b.click("go")
	b.until(`document.getElementById("status").textContent.endsWith(" s: length")`)
	want := "it was – " + ask1(t, url, fields{"prompt": "it was – ", "max_tokens": 50, "seed": 3, "top_p": 1})
	if text := b.text("text"); text != want {
		t.Errorf("the page has %q, want %q", text, want)
	}

	b.write("prompt", "Zebra")
	b.click("go")
	b.until(`document.getElementById("status").textContent.startsWith("error: byte 0 of the text: the vocabulary")`)
	for _, line := range b.logged {
		if !strings.Contains(line, "status of 400") {
			t.Errorf("the browser complains: %s", line)
		}
	}
}
