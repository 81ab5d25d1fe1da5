package read

import (
	"errors"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/front"
)

// TestSource reads a spec from files of various names, and expects nil for a wrong spec, not an
// interface that holds a nil spec.
func TestSource(t *testing.T) {
	good := []byte("name = 'A'\ntokens = 'add tanh add tanh 0 0'\n")
	for _, file := range []string{"spec.toml", "SPEC.TOML", "spec", "a.b/spec.txt"} {
		source, err := Source(file, good)
		if _, ok := source.(*cell.Spec); !ok || err != nil {
			t.Errorf("%s is read as %T: %v", file, source, err)
			continue
		}
		if again, err := Source(file, []byte(source.String())); err != nil || again.String() != source.String() {
			t.Errorf("%s reads back as %v: %v", file, again, err)
		}
		source, err = Source(file, good[:20])
		var mistakes front.Errors
		if source != nil || !errors.As(err, &mistakes) || mistakes[0].File != file {
			t.Errorf("%s, cut off, is read as %v: %v", file, source, err)
		}
	}
	if source, err := File("nowhere.toml"); source != nil || err == nil {
		t.Errorf("a missing file is read as %v", source)
	}
}
