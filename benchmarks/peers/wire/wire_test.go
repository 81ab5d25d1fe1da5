package wire

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestArrays expects arrays to be read as they were written, and files that are too short or
// too long to be refused.
func TestArrays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "arrays")
	arrays := []Array{{"a", []int{2, 3}}, {"b", []int{1}}}
	values := map[string][]float32{"a": {1, 2, 3, 4, 5, 6}, "b": {-0.5}}
	if err := Write(file, arrays, values); err != nil {
		t.Fatal(err)
	}
	got, err := Read(file)
	if err != nil || !maps.EqualFunc(got, values, slices.Equal) {
		t.Errorf("read %v, %v", got, err)
	}
	data, _ := os.ReadFile(file)
	for name, wrong := range map[string][]byte{"short": data[:len(data)-1], "long": append(data, 0), "empty": nil} {
		if err := os.WriteFile(file, wrong, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := Read(file); err == nil {
			t.Errorf("%s file: %v", name, got)
		}
	}
	values["a"] = nil
	if err := Write(file, arrays, values); err == nil {
		t.Error("wrote an array that does not fit its shape")
	}
}

// TestServe expects one answer to each request, errors for requests out of order, and a time of
// a copy without any case.
func TestServe(t *testing.T) {
	in := strings.NewReader(`{"op":"run","n":1}` + "\n" + `{"op":"setup","file":"none","mode":"step"}` + "\n" + `{"op":"nap"}` + "\n" + `{"op":"copy","n":4096}` + "\n")
	var out bytes.Buffer
	if err := Serve(in, &out, "7", nil); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 5 || lines[0] != `{"version":"7"}` || !strings.Contains(lines[4], "seconds") || slices.ContainsFunc(lines[1:4], func(l string) bool { return !strings.Contains(l, "error") }) {
		t.Errorf("answers %q", lines)
	}
}
