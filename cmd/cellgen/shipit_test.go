package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/cellgen/cellgen/runtime/npz"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// TestShipIt does what the README says of a NASCell that TensorFlow trained: imports it, and runs
// the service, whose sessions, all at once, have the outputs that TensorFlow had.
func TestShipIt(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a module")
	}
	readme := readText(t, "../../README.md")
	section := readme[strings.Index(readme, "## Ship it"):]
	program := regexp.MustCompile("(?s)```go\n(.*?)```").FindStringSubmatch(section)
	command := regexp.MustCompile(`(?m)^    go tool (cellgen import .*)$`).FindStringSubmatch(section)
	if program == nil || command == nil {
		t.Fatal("README has no program, or no command")
	}
	u := newUser(t)
	u.write("main.go", program[1])
	copyFile(t, layersOf+"addons-nascell.vectors.npz", filepath.Join(u.dir, "example.npz"))
	for _, file := range []string{"index", "data-00000-of-00001"} {
		copyFile(t, layersOf+"addons-nascell."+file, filepath.Join(u.dir, "nascell."+file))
	}
	u.do(true, append([]string{"go", "tool"}, strings.Fields(command[1])...)...)
	u.do(true, "go", "mod", "tidy")
	u.do(true, "go", "build", "-o", "service", ".")
	address := startService(t, u)

	x, y := readExampleVectors(t, filepath.Join(u.dir, "example.npz"))
	steps, batch := x.Shape[0], x.Shape[1]
	var clients sync.WaitGroup
	for row := range batch {
		clients.Go(func() {
			for step := range steps {
				got, err := post(fmt.Sprintf("http://%s/sessions/%d", address, row), rowOf(x, step, row))
				if err != nil {
					t.Error(err)
					return
				}
				if d := distance(wide(got), wide(rowOf(y, step, row))); !(d <= 2e-6) {
					t.Errorf("row %d, step %d: y is %.1e from TensorFlow's", row, step, d)
				}
			}
		})
	}
	clients.Wait()
	if _, err := post("http://"+address+"/sessions/0", []float32{1}); err == nil || !strings.Contains(err.Error(), "x has 1 values") {
		t.Errorf("a wrong x: error %v", err)
	}
	end, err := http.NewRequest("DELETE", "http://"+address+"/sessions/0", nil)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := http.DefaultClient.Do(end); err != nil || r.StatusCode != http.StatusOK {
		t.Errorf("end: %v, error %v", r, err)
	}
	again, err := post("http://"+address+"/sessions/0", rowOf(x, 0, 0))
	if err != nil || !(distance(wide(again), wide(rowOf(y, 0, 0))) <= 2e-6) {
		t.Errorf("a sequence that begins again has y = %v, error %v", again, err)
	}
}

// startService starts the service, which ends with the test, and returns its address.
func startService(t *testing.T, u *user) string {
	c := exec.Command("./service", "-listen", "localhost:0")
	c.Dir = u.dir
	log, err := c.StderrPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = c.Process.Kill(), c.Wait() })
	lines := bufio.NewScanner(log)
	if !lines.Scan() {
		t.Fatal("the service says nothing")
	}
	_, address, ok := strings.Cut(lines.Text(), "listening on ")
	if !ok {
		t.Fatal(lines.Text())
	}
	go func() { _, _ = io.Copy(io.Discard, log) }()
	return address
}

// post returns the response to x.
func post(url string, x []float32) (y []float32, err error) {
	body, err := json.Marshal(x)
	if err != nil {
		return nil, err
	}
	r, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", r.Status, text)
	}
	if err == nil {
		err = json.Unmarshal(text, &y)
	}
	return y, err
}

// readExampleVectors reads x [T][B][D] and y [T][B][H].
func readExampleVectors(t *testing.T, path string) (x, y tensor.Tensor) {
	f, err := npz.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if x, err = f.Read("x"); err == nil {
		y, err = f.Read("y")
	}
	if err != nil {
		t.Fatal(err)
	}
	return x, y
}

// rowOf returns one row of one step.
func rowOf(of tensor.Tensor, step, row int) []float32 {
	width := of.Shape[2]
	return of.Values[(step*of.Shape[1]+row)*width:][:width]
}

func copyFile(t *testing.T, from, to string) {
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}
