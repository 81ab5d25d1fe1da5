package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/study"
)

// TestRecord verifies the studies on record: this program decides what they decided, and trains some of
// their children to the same bits.
func TestRecord(t *testing.T) {
	recorded := must(filepath.Glob("../../benchmarks/search/studies/*"))
	if len(recorded) == 0 {
		t.Error("no study is on record")
	}
	text := must(new(studyFlags).text())
	for _, from := range recorded {
		t.Run(filepath.Base(from), func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "study")
			check(os.CopyFS(folder, os.DirFS(from)))
			check(os.WriteFile(filepath.Join(folder, "text"), text, 0o600))
			journal := must(io.ReadAll(must(gzip.NewReader(bytes.NewReader(must(os.ReadFile(filepath.Join(from, "journal.jsonl.gz"))))))))
			check(os.WriteFile(filepath.Join(folder, "journal.jsonl"), journal, 0o600))
			c, _ := must2(study.Load(folder))
			if err := c.Child.CheckBackend(); err != nil {
				t.Skip(err)
			}
			if out := succeed(t, "verify", "-study", folder, "-runs", "3"); !strings.Contains(out, "\n3 of ") {
				t.Errorf("it says %q", out)
			}
		})
	}
}
