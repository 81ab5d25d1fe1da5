package safetensors

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/runtime/internal/format/formattest"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// FuzzRead reads files. What it can read it writes, and reads again.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.safetensors")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, path := range files {
		f.Add(testkit.Must(os.ReadFile(path)))
	}
	f.Add(written(formattest.Awkward(), map[string]string{"key": "value"}))
	f.Add(file(`{"\u0061":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"I8","shape":[0],"data_offsets":[2,2]}}`, 2))
	f.Fuzz(func(t *testing.T, data []byte) {
		var tensors []tensor.Tensor
		soak.Bounded(t, len(data), func() {
			file, err := New(bytes.NewReader(data), int64(len(data)))
			if err != nil {
				return
			}
			for _, info := range file.List() {
				if got, err := file.Read(info.Name); err == nil && got.Name != "" {
					tensors = append(tensors, got)
				}
			}
		})
		again, err := read(written(tensors, nil))
		if err != nil || len(again) != len(tensors) {
			t.Errorf("%d tensors are %d when they are written and read: %v", len(tensors), len(again), err)
		}
	})
}

// TestHostile reads headers that say much in little room.
func TestHostile(t *testing.T) {
	var many, ranks, keys strings.Builder
	for i := range tensor.MaxTensors {
		fmt.Fprintf(&many, `"%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},`, i)
		fmt.Fprintf(&ranks, `"%d":{"dtype":"F32","shape":[0%s],"data_offsets":[0,0]},`, i, strings.Repeat(",1", tensor.MaxRank-1))
		fmt.Fprintf(&keys, `"%d":"",`, i)
	}
	object := func(list string) string { return "{" + strings.TrimSuffix(list, ",") + "}" }
	for name, c := range map[string]struct {
		header   string
		accepted bool
	}{
		"many tensors":         {object(many.String()), true},
		"tensors of high rank": {object(ranks.String()), true},
		"too many tensors":     {object(many.String() + strings.ReplaceAll(many.String(), `"F32"`, `"F64"`)), false},
		"much metadata":        {`{"__metadata__":` + object(keys.String()) + "," + ranks.String()[:ranks.Len()-1] + "}", true},
		"a long text":          {`{"__metadata__":{"":"` + strings.Repeat("a", 30_000_000) + `"}}`, true},
		"escapes":              {`{"__metadata__":{"":"` + strings.Repeat(`\n`, 7_000_000) + `"}}`, true},
		"too many escapes":     {`{"__metadata__":{"":"` + strings.Repeat(`\n`, 9_000_000) + `"}}`, false},
		"blanks":               {"{" + strings.Repeat(" ", 30_000_000) + "}", true},
		"brackets":             {strings.Repeat("{", 30_000_000), false},
	} {
		data := file(c.header, 0)
		soak.Bounded(t, len(data), func() {
			if _, err := New(bytes.NewReader(data), int64(len(data))); (err == nil) != c.accepted {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}
