package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheckoutWithCRLF converts the folders of shipped cells as a checkout on Windows does, the
// spec too. It expects them to be up to date, no file to be written again, and a file that
// differs in more than line ends to be stale, with a diff of that line alone.
func TestCheckoutWithCRLF(t *testing.T) {
	for _, mark := range []string{"", "\ufeff"} {
		dir, names := crlfCopy(t, "../../generated/lstm")
		spec := filepath.Join(dir, "spec.toml")
		rewrite(t, spec, func(text string) string { return mark + text })
		before := snapshot(t, dir, names)
		for _, args := range [][]string{{"generate", "-check", spec}, {"generate", spec}} {
			if out, code := inProcess(args...); code != 0 || out != "" {
				t.Errorf("%q: exit %d:\n%.500s", args, code, out)
			}
		}
		if after := snapshot(t, dir, names); after != before {
			t.Errorf("files were written again")
		}
		stale := filepath.Join(dir, names[0])
		rewrite(t, stale, func(text string) string { return strings.Replace(text, "// Gers", "// Gars", 1) })
		out, code := inProcess("generate", "-check", spec)
		if code != 1 || !strings.Contains(out, "\n-// Gars") || strings.Count(out, "\n-") != 1+1 || strings.Contains(out, "\r") {
			t.Errorf("exit %d:\n%.1000q", code, out)
		}
		if out, code := inProcess("generate", spec); code != 0 || out != "" {
			t.Errorf("exit %d: %s", code, out)
		}
		if text, err := os.ReadFile(stale); err != nil || bytes.Contains(text, []byte("Gars")) {
			t.Errorf("%s was not written: %v", stale, err)
		}
	}
}

// inProcess runs the command in the process of the test.
func inProcess(args ...string) (output string, code int) {
	var out bytes.Buffer
	code = run(args, &out, &out)
	return out.String(), code
}

// crlfCopy copies a folder with CRLF for LF. It returns the names of the generated files, Go's
// first.
func crlfCopy(t *testing.T, from string) (dir string, generated []string) {
	t.Helper()
	dir = t.TempDir()
	paths, err := filepath.Glob(filepath.Join(from, "*"))
	if err != nil || len(paths) < 5 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(path)), bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")), 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(path, "_cellgen") {
			generated = append(generated, filepath.Base(path))
		}
	}
	return dir, generated
}

func rewrite(t *testing.T, path string, change func(string) string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, []byte(change(string(text))), 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// snapshot returns what files are: their contents and times.
func snapshot(t *testing.T, dir string, names []string) string {
	t.Helper()
	var all strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(name + info.ModTime().String() + string(text))
	}
	return all.String()
}
