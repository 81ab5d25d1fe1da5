//go:build unix

package toolchain

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestNoHome expects a user without HOME to have the home that the system knows and, without
// any, caches in the temporary folder, unless the environment has some.
func TestNoHome(t *testing.T) {
	for _, name := range []string{"HOME", "GOCACHE", "GOPATH", "GOMODCACHE", "XDG_CACHE_HOME"} {
		t.Setenv(name, "")
	}
	defer func(old func() (string, error)) { homeOfUser = old }(homeOfUser)
	known := t.TempDir()
	homeOfUser = func() (string, error) { return known, nil }
	if env := (Go{Temp: "/temp"}).environment(nil); value(env, "HOME") != known || value(env, "GOCACHE") != "" {
		t.Errorf("with a home: %v", env)
	}
	homeOfUser = func() (string, error) { return "", errors.New("none") }
	temp := t.TempDir()
	got, err := Go{Temp: temp}.Run(t.Context(), "env", "GOCACHE", "GOMODCACHE", "GOFLAGS")
	if want := temp + "/cache\n" + temp + "/path/pkg/mod\n-buildvcs=false -modcacherw"; err != nil || got != want {
		t.Errorf("without a home: %v: %q, want %q", err, got, want)
	}
	env := Go{Temp: temp}.environment([]string{"GOCACHE=/theirs", "GOMODCACHE=/mine"})
	if value(env, "GOCACHE") != "/theirs" || value(env, "GOMODCACHE") != "/mine" || value(env, "GOPATH") != "" {
		t.Errorf("with caches: %v", env)
	}
}

// TestHomeWithoutRoom expects caches in the temporary folder if the home cannot have any, as
// the home of a container's user, and changes nothing in one that can.
func TestHomeWithoutRoom(t *testing.T) {
	for _, name := range []string{"GOCACHE", "GOPATH", "GOMODCACHE", "XDG_CACHE_HOME"} {
		t.Setenv(name, "")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for home, room := range map[string]bool{dir: true, filepath.Join(dir, "missing"): true, file: false, filepath.Join(file, "missing"): false, "/proc/self": false} {
		t.Setenv("HOME", home)
		env := Go{Temp: "/temp"}.environment(nil)
		if got := value(env, "GOCACHE") == "" && value(env, "GOPATH") == ""; got != room {
			t.Errorf("the home %s: %v", home, env)
		}
		if env = (Go{Temp: "/temp"}).environment([]string{"GOCACHE=/theirs", "GOPATH=/mine"}); value(env, "GOCACHE") != "/theirs" || value(env, "GOPATH") != "/mine" {
			t.Errorf("the home %s, with caches: %v", home, env)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}
