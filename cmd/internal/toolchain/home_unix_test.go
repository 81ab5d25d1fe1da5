//go:build unix

package toolchain

import (
	"errors"
	"testing"
)

// TestNoHome expects a user without HOME to have the home that the system knows and, without
// any, caches in the temporary folder, unless the environment has some.
func TestNoHome(t *testing.T) {
	for _, name := range []string{"HOME", "GOCACHE", "GOPATH", "GOMODCACHE", "XDG_CACHE_HOME"} {
		t.Setenv(name, "")
	}
	defer func(old func() (string, error)) { homeOfUser = old }(homeOfUser)
	homeOfUser = func() (string, error) { return "/somewhere", nil }
	if env := (Go{Temp: "/temp"}).environment(nil); value(env, "HOME") != "/somewhere" || value(env, "GOCACHE") != "" {
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
