package read

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/soak"
)

// zeros yields zeros for ever, and counts what it yielded.
type zeros struct{ read int }

func (z *zeros) Read(b []byte) (int, error) {
	clear(b)
	z.read += len(b)
	return len(b), nil
}

// TestLimits reads files and streams around a limit, and expects no more to be read.
func TestLimits(t *testing.T) {
	const most = 100_000
	for _, size := range []int{0, 1, most - 1, most, most + 1, 10 * most} {
		want := bytes.Repeat([]byte("a"), size)
		file := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(file, want, 0o666); err != nil {
			t.Fatal(err)
		}
		fromFile, fileErr := Bytes(file, most)
		fromStream, streamErr := All("f", io.MultiReader(bytes.NewReader(want)), most)
		if size <= most {
			if fileErr != nil || streamErr != nil || !bytes.Equal(fromFile, want) || !bytes.Equal(fromStream, want) {
				t.Errorf("%d bytes: read %d and %d, %v, %v", size, len(fromFile), len(fromStream), fileErr, streamErr)
			}
			continue
		}
		var mistakes front.Errors
		if !errors.As(fileErr, &mistakes) || mistakes[0].File != file || !strings.HasSuffix(fileErr.Error(), "bytes; the limit is 100000") {
			t.Errorf("%d bytes of a file: %v", size, fileErr)
		}
		if streamErr == nil || streamErr.Error() != "f:1:1: too many bytes; the limit is 100000" {
			t.Errorf("%d bytes of a stream: %v", size, streamErr)
		}
	}
}

// TestEndless reads from what does not end.
func TestEndless(t *testing.T) {
	var endless zeros
	soak.Bounded(t, 0, func() {
		if text, err := All("f", &endless, cell.MaxSpec); text != nil || err == nil || !strings.HasPrefix(err.Error(), "f:1:1: too many bytes") {
			t.Errorf("read as %d bytes: %v", len(text), err)
		}
	})
	if endless.read > 2*cell.MaxSpec {
		t.Errorf("%d bytes were read", endless.read)
	}
	const device = "/dev/zero"
	if _, err := os.Stat(device); err != nil {
		return // not here
	}
	soak.Bounded(t, 0, func() {
		if source, err := File(device); source != nil || err == nil || !strings.HasPrefix(err.Error(), device+":1:1: too many bytes") {
			t.Errorf("read as %v: %v", source, err)
		}
	})
}

// TestUnreadable expects errors that say what was being done.
func TestUnreadable(t *testing.T) {
	for _, file := range []string{filepath.Join(t.TempDir(), "nowhere.toml"), t.TempDir()} {
		if source, err := File(file); source != nil || err == nil || !strings.HasPrefix(err.Error(), "reading the spec: ") || !strings.Contains(err.Error(), file) {
			t.Errorf("%s is read as %v: %v", file, source, err)
		}
	}
}

// TestStdin reads standard input: a spec, and what does not end.
func TestStdin(t *testing.T) {
	stdin := os.Stdin
	defer func() { os.Stdin = stdin }()
	for src, want := range map[string]string{
		"name = 'A'\r\ntokens = 'add tanh add tanh 0 0'\r\n": "",
		"name = 'A'\n":              "<stdin>:1:1: missing key \"tokens\"",
		strings.Repeat("#\n", most): "<stdin>:1:1: too many bytes; the limit is ",
	} {
		in, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		os.Stdin = in
		go func() {
			io.WriteString(out, src) // fails where not all is read
			out.Close()
		}()
		source, err := File(Stdin)
		in.Close()
		if want == "" && (err != nil || source.Head().Name != "A") || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%.20q is read as %v: %v", src, source, err)
		}
	}
}
