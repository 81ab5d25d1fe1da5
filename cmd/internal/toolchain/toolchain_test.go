package toolchain

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

// TestForeign sets each variable that is meant for other builds, and asks go for what it would
// build: always for this machine.
func TestForeign(t *testing.T) {
	level := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "GOAMD64" {
				level = s.Value
			}
		}
	}
	want := strings.Join([]string{runtime.GOOS, runtime.GOARCH, level, "-buildvcs=false"}, "\n")
	for _, name := range append([]string{"none"}, foreign...) {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, "nonsense")
			got, err := Go{}.Run(t.Context(), "env", "GOOS", "GOARCH", "GOAMD64", "GOFLAGS")
			if err != nil || got != want {
				t.Errorf("%v: builds for %q, want %q", err, got, want)
			}
		})
	}
}

// TestVersion expects a version of go that is asked for by name, which may be too old, not to be
// used: go chooses, from where it may.
func TestVersion(t *testing.T) {
	for asked, want := range map[string]string{
		"go1.20.1": "auto", "go1.20.1+path": "path", "local+auto": "auto", "auto": "auto", "path": "path", "local": "local", "nonsense": "auto", "": "",
	} {
		if got := value(Go{}.environment([]string{"GOTOOLCHAIN=" + asked}), "GOTOOLCHAIN"); got != want {
			t.Errorf("GOTOOLCHAIN=%s becomes %q, want %q", asked, got, want)
		}
	}
}

// TestFolders runs go in a module of this program's: its workspace and temporary folder are
// not the environment's.
func TestFolders(t *testing.T) {
	temp := filepath.Join(t.TempDir(), "new")
	t.Setenv("GOWORK", "/nonexistent")
	t.Setenv("GOTMPDIR", "/nonexistent")
	got, err := Go{Dir: t.TempDir(), Temp: temp}.Run(t.Context(), "env", "GOWORK", "GOTMPDIR")
	if want := "off\n" + temp; err != nil || got != want {
		t.Errorf("%v: %q, want %q", err, got, want)
	}
	if _, err := os.Stat(temp); err != nil {
		t.Error(err)
	}
}

// TestErrors expects messages that say what was run, and one line without go.
func TestErrors(t *testing.T) {
	if _, err := (Go{}).Run(t.Context(), "nonsense"); err == nil || !strings.HasPrefix(err.Error(), "go nonsense: exit status 2\ngo nonsense: unknown command") {
		t.Errorf("an unknown command: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := (Go{}).Run(t.Context(), "env"); err == nil || err.Error() != "the go command is needed, and is not on the path" {
		t.Errorf("without go: %v", err)
	}
}
