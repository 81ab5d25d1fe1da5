// Package browser tests pages in a headless Chromium.
package browser

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Browser is a page in a headless Chromium, which is driven through its DevTools protocol: JSON
// messages on a pair of pipes, each with a zero byte at the end.
type Browser struct {
	t       testing.TB
	in      io.Writer
	out     *bufio.Reader
	session string
	number  int
	Logged  []string // what the browser complains of
}

// message is an answer or an event.
type message struct {
	ID     int
	Method string
	Error  *struct{ Message string }
	Params struct{ Entry struct{ Level, Text string } }
	Result json.RawMessage
}

// New opens a page. The test is skipped where no Chromium is installed.
func New(t testing.TB, url string) *Browser {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && program == "" {
			program = path
		}
	}
	if program == "" {
		t.Skip("needs chromium, chromium-browser or google-chrome on the path")
	}
	cmd := exec.Command(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--no-first-run", "--remote-debugging-pipe", "--user-data-dir="+t.TempDir(), "about:blank")
	theirIn, in, err := os.Pipe()
	check(err)
	out, theirOut, err := os.Pipe()
	check(err)
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	const hang = 2 * time.Minute
	alarm := time.AfterFunc(hang, func() { _ = cmd.Process.Kill() })
	b := &Browser{t: t, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		b.call("Browser.close", nil)
		_ = cmd.Wait()
		alarm.Stop()
		in.Close()
		out.Close()
	})
	target := b.call("Target.createTarget", map[string]any{"url": "about:blank"})["targetId"]
	b.session = b.call("Target.attachToTarget", map[string]any{"targetId": target, "flatten": true})["sessionId"].(string)
	b.call("Log.enable", nil)
	b.call("Page.enable", nil)
	b.call("Page.navigate", map[string]any{"url": url})
	b.Until(`document.readyState === "complete" && location.href.startsWith("http")`)
	return b
}

// call calls a method of the protocol.
func (b *Browser) call(method string, params map[string]any) map[string]any {
	b.t.Helper()
	b.number++
	m := map[string]any{"id": b.number, "method": method, "params": params}
	if params == nil {
		m["params"] = map[string]any{}
	}
	if b.session != "" && method != "Browser.close" {
		m["sessionId"] = b.session
	}
	request, err := json.Marshal(m)
	check(err)
	_, err = b.in.Write(append(request, 0))
	for err == nil {
		var text []byte
		if text, err = b.out.ReadBytes(0); err != nil {
			break
		}
		var m message
		check(json.Unmarshal(text[:len(text)-1], &m))
		if e := m.Params.Entry; m.Method == "Log.entryAdded" {
			b.Logged = append(b.Logged, e.Level+": "+e.Text)
		}
		if m.ID != b.number {
			continue
		}
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error.Message)
		}
		result := make(map[string]any)
		check(json.Unmarshal(m.Result, &result))
		return result
	}
	b.t.Fatalf("%s: %v", method, err)
	return nil
}

// Eval returns the value of an expression in the page.
func (b *Browser) Eval(format string, args ...any) any {
	b.t.Helper()
	r := b.call("Runtime.evaluate", map[string]any{"expression": fmt.Sprintf(format, args...), "returnByValue": true})
	if r["exceptionDetails"] != nil {
		b.t.Fatalf("%s: %v", fmt.Sprintf(format, args...), r)
	}
	return r["result"].(map[string]any)["value"]
}

// Until waits for a condition in the page.
func (b *Browser) Until(condition string) {
	b.t.Helper()
	const hang = 30 * time.Second
	for start := time.Now(); b.Eval("Boolean(%s)", condition) != true; time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > hang {
			b.t.Fatalf("the page never has %s: %q, %q", condition, b.Eval(`document.body.innerText`), b.Logged)
		}
	}
}

// Write writes to a field, as from the keyboard.
func (b *Browser) Write(id, text string) {
	b.t.Helper()
	b.Eval(`document.getElementById(%q).focus(), document.getElementById(%[1]q).select()`, id)
	b.call("Input.insertText", map[string]any{"text": text})
}

// Click clicks on an element with the mouse.
func (b *Browser) Click(id string) {
	b.t.Helper()
	at := b.Eval(`(r => [r.x + r.width/2, r.y + r.height/2])(document.getElementById(%q).getBoundingClientRect())`, id).([]any)
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		b.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1})
	}
}

// Text returns the text of an element.
func (b *Browser) Text(id string) string {
	b.t.Helper()
	return b.Eval(`document.getElementById(%q).textContent`, id).(string)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
