package completion

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

// browser is a page in a headless Chromium, which is driven through its DevTools protocol: JSON
// messages on a pair of pipes, each with a zero byte at the end.
type browser struct {
	t       testing.TB
	in      io.Writer
	out     *bufio.Reader
	session string
	number  int
	logged  []string // what the browser complains of
}

// message is an answer or an event.
type message struct {
	ID     int
	Method string
	Error  *struct{ Message string }
	Params struct{ Entry struct{ Level, Text string } }
	Result json.RawMessage
}

// newBrowser opens a page.
func newBrowser(t testing.TB, url string) *browser {
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
	b := &browser{t: t, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		b.call("Browser.close", nil)
		_ = cmd.Wait()
		alarm.Stop()
		in.Close()
		out.Close()
	})
	target := b.call("Target.createTarget", fields{"url": "about:blank"})["targetId"]
	b.session = b.call("Target.attachToTarget", fields{"targetId": target, "flatten": true})["sessionId"].(string)
	b.call("Log.enable", nil)
	b.call("Page.enable", nil)
	b.call("Page.navigate", fields{"url": url})
	b.until(`document.readyState === "complete" && location.href.startsWith("http")`)
	return b
}

// call calls a method of the protocol.
func (b *browser) call(method string, params fields) map[string]any {
	b.t.Helper()
	b.number++
	m := fields{"id": b.number, "method": method, "params": params}
	if params == nil {
		m["params"] = fields{}
	}
	if b.session != "" && method != "Browser.close" {
		m["sessionId"] = b.session
	}
	_, err := b.in.Write(append(m.json(), 0))
	for err == nil {
		var text []byte
		if text, err = b.out.ReadBytes(0); err != nil {
			break
		}
		var m message
		check(json.Unmarshal(text[:len(text)-1], &m))
		if e := m.Params.Entry; m.Method == "Log.entryAdded" {
			b.logged = append(b.logged, e.Level+": "+e.Text)
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

// eval returns the value of an expression in the page.
func (b *browser) eval(format string, args ...any) any {
	b.t.Helper()
	r := b.call("Runtime.evaluate", fields{"expression": fmt.Sprintf(format, args...), "returnByValue": true})
	if r["exceptionDetails"] != nil {
		b.t.Fatalf("%s: %v", fmt.Sprintf(format, args...), r)
	}
	return r["result"].(map[string]any)["value"]
}

// until waits for a condition in the page.
func (b *browser) until(condition string) {
	b.t.Helper()
	const hang = 30 * time.Second
	for start := time.Now(); b.eval("Boolean(%s)", condition) != true; time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > hang {
			b.t.Fatalf("the page never has %s: %q, %q", condition, b.eval(`document.body.innerText`), b.logged)
		}
	}
}

// write writes to a field, as from the keyboard.
func (b *browser) write(id, text string) {
	b.t.Helper()
	b.eval(`document.getElementById(%q).focus(), document.getElementById(%[1]q).select()`, id)
	b.call("Input.insertText", fields{"text": text})
}

// click clicks on an element with the mouse.
func (b *browser) click(id string) {
	b.t.Helper()
	at := b.eval(`(r => [r.x + r.width/2, r.y + r.height/2])(document.getElementById(%q).getBoundingClientRect())`, id).([]any)
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		b.call("Input.dispatchMouseEvent", fields{"type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1})
	}
}

// text returns the text of an element.
func (b *browser) text(id string) string {
	b.t.Helper()
	return b.eval(`document.getElementById(%q).textContent`, id).(string)
}
