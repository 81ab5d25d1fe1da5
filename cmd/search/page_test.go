package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/browser"
	"github.com/cellgen/cellgen/cmd/search/page"
	"github.com/cellgen/cellgen/cmd/search/summary"
)

// begin starts a command in a process of its own that serves a page, and returns where.
func begin(t *testing.T, args ...string) (url string, cmd *exec.Cmd) {
	t.Helper()
	cmd = exec.Command("search", args...)
	out := must(cmd.StdoutPipe())
	cmd.Stderr = os.Stderr
	check(cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("it says %q: %v", line, err)
	}
	_, url, _ = strings.Cut(strings.TrimSpace(line), " on ")
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	return url, cmd
}

// TestPageGrows looks at a study while another process runs it, at that process's page and at one
// of search serve: numbers grow. The process is interrupted, and both pages show what it has left.
func TestPageGrows(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "study")
	args := smallArgs(t, folder, "tokens 3", "reinforce", "-quiet", "-trials", "1000000", "-listen", "127.0.0.1:0")
	url, running := begin(t, args...)
	served, _ := begin(t, "serve", "-study", folder, "-listen", "127.0.0.1:0")
	const learned = `parseInt(document.querySelector("[data-name=trials]")?.textContent)`
	pages := []*browser.Browser{browser.New(t, url), browser.New(t, served)}
	for i, b := range pages {
		b.Until(learned + ` > 0`)
		b.Eval(`window.before = %s`, learned)
		b.Until(learned + ` > before`)
		if i == 1 {
			check(running.Process.Signal(os.Interrupt))
			_ = running.Wait()
			best, s := bestOf(folder), must(summary.Read(folder))
			b.Until(fmt.Sprintf(`%s === %d`, learned, s.Learned))
			b.Until(fmt.Sprintf(`document.querySelector("[data-name^=best]").textContent === "%.4f"`, summary.Bits(must(s.Find(summary.TheBest)).Score.Loss)))
			if b.Eval(`[...document.querySelectorAll("#best button")].map(b => b.textContent).includes(%q)`, best.Cell) != true {
				t.Errorf("the page does not have %s: %s", best.Cell, b.Text("best"))
			}
			for _, id := range []string{"curve", "rungs", "entropy", "reward"} {
				if n := b.Eval(`document.querySelectorAll("#%s path.line, #%[1]s circle").length`, id); n == 0.0 {
					t.Errorf("the chart %s is empty", id)
				}
			}
		}
		for _, line := range b.Logged {
			if i == 1 || !strings.Contains(line, "ERR_CONNECTION_REFUSED") {
				t.Errorf("the browser complains: %s", line)
			}
		}
	}
	pages[0].Until(`document.getElementById("status").textContent.startsWith("not connected")`)
}

// TestPageDraws clicks on the best cells of studies of both spaces, and expects their drawings.
func TestPageDraws(t *testing.T) {
	for _, kind := range []string{"tokens 2", "dag 2"} {
		folder := small(t, kind, "random")
		url, _ := begin(t, "serve", "-study", folder, "-listen", "127.0.0.1:0")
		b := browser.New(t, url)
		ranked := must(summary.Read(folder)).Ranked()
		for i, c := range ranked[:2] {
			id := fmt.Sprintf("best%d", i+1)
			b.Until(fmt.Sprintf(`document.getElementById(%q)`, id))
			if got := b.Text(id); got != c.Name {
				t.Errorf("place %d has %s, want %s", i+1, got, c.Name)
			}
			b.Eval(`document.getElementById(%q).scrollIntoView()`, id)
			b.Click(id)
			b.Until(fmt.Sprintf(`document.getElementById("name").textContent === %q && !document.getElementById("cell").hidden`, c.Name))
			b.Until(fmt.Sprintf(`(i => i.complete && i.naturalWidth > 50 && i.src.endsWith(%q))(document.getElementById("drawing"))`, c.Name))
			if got := b.Eval(`document.getElementById("runs").children.length`); got != float64(len(c.Runs)) {
				t.Errorf("%v trainings of %s, want %d", got, c.Name, len(c.Runs))
			}
			if !strings.Contains(b.Text("source"), c.Name) {
				t.Errorf("the source is %q", b.Text("source"))
			}
		}
		b.Until(`document.querySelector("[data-name=trials]").textContent === "24 of 24, ended"`)
		for _, line := range b.Logged {
			t.Errorf("the browser complains: %s", line)
		}
	}
}

// TestPageRefuses sends requests that must not be answered.
func TestPageRefuses(t *testing.T) {
	folder := small(t, "tokens 2", "random")
	h := httptest.NewServer(must(page.New(folder, false)))
	defer h.Close()
	best := bestOf(folder).Cell
	for _, c := range []struct {
		method, path, host, header string
		status                     int
	}{
		{"GET", "/", "", "", 200},
		{"HEAD", "/study.json", "", "", 200},
		{"GET", "/study.json", "localhost:80", "", 200},
		{"GET", "/study.json", "[::1]", "", 200},
		{"GET", "/cell.json?name=" + best, "", "", 200},
		{"GET", "/cell.svg?name=best", "", "", 200},
		{"GET", "/study.json", "evil.example", "", 421},
		{"GET", "/cell.svg?name=best", "127.0.0.1.evil.example:8080", "", 421},
		{"POST", "/study.json", "", "", 405},
		{"DELETE", "/", "", "", 405},
		{"POST", "/", "", "Sec-Fetch-Site: cross-site", 403},
		{"GET", "/study", "", "", 404},
		{"GET", "/../study.json", "", "", 404},
		{"GET", "/cell.json", "", "", 400},
		{"GET", "/cell.svg?name=a&name=b", "", "", 400},
		{"GET", "/cell.json?name=%zz", "", "", 400},
		{"GET", "/cell.svg?name=../../etc/passwd", "", "", 404},
		{"GET", "/cell.json?name=%00%1b", "", "", 404},
	} {
		r := must(http.NewRequest(c.method, h.URL, nil))
		path, query, _ := strings.Cut(c.path, "?")
		r.URL.Path, r.URL.RawQuery, r.Host = path, query, c.host
		if name, value, ok := strings.Cut(c.header, ": "); ok {
			r.Header.Set(name, value)
		}
		answer := must(http.DefaultClient.Do(r))
		body := must(io.ReadAll(answer.Body))
		answer.Body.Close()
		if answer.StatusCode != c.status {
			t.Errorf("%v: status %d: %s", c, answer.StatusCode, body)
		}
		if policy := answer.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "script-src 'unsafe") {
			t.Errorf("%v: the policy is %q", c, policy)
		}
	}
}

// TestPageTag expects the study to be sent again only if it has changed.
func TestPageTag(t *testing.T) {
	folder := small(t, "tokens 2", "reinforce")
	h := httptest.NewServer(must(page.New(folder, false)))
	defer h.Close()
	ask := func(tag string) (status int, body, got string) {
		r := must(http.NewRequest("GET", h.URL+"/study.json", nil))
		r.Header.Set("If-None-Match", tag)
		answer := must(http.DefaultClient.Do(r))
		defer answer.Body.Close()
		return answer.StatusCode, string(must(io.ReadAll(answer.Body))), answer.Header.Get("ETag")
	}
	status, body, tag := ask("")
	var v summary.View
	check(json.Unmarshal([]byte(body), &v))
	trials, runs, batches := journalOf(folder)
	if status != 200 || tag == "" || v.Learned != len(trials) || v.Trainings != len(runs) || len(v.Batches) != len(batches) || !v.Ended {
		t.Errorf("status %d, tag %q: %.300s", status, tag, body)
	}
	last := v.Curve[len(v.Curve)-1]
	if best := bestOf(folder); last[1] != summary.Bits(best.Loss) || !slices.ContainsFunc(v.Best, func(f summary.Figures) bool { return f.Cell == best.Cell && f.Loss == best.Loss }) {
		t.Errorf("the curve ends with %v, the cells are %v, want %v", last, v.Best, best)
	}
	for _, sent := range []string{tag, "W/" + tag, `"other", ` + tag} {
		if status, body, _ := ask(sent); status != 304 || body != "" {
			t.Errorf("%s: status %d: %s", sent, status, body)
		}
	}
	if status, _, _ := ask(`"other"`); status != 200 {
		t.Errorf("another tag: status %d", status)
	}
}
