package toolchain

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// foreign are the variables that say for which machine, or how, others are to build, and where
// go finds its own files.
var foreign = []string{
	"GOOS", "GOARCH", "GO386", "GOAMD64", "GOARM", "GOARM64", "GOMIPS", "GOMIPS64", "GOPPC64", "GORISCV64", "GOWASM",
	"GOEXPERIMENT", "GOFIPS140", "GOFLAGS", "GO111MODULE", "GOROOT", "GOTOOLDIR", "GOTMPDIR", "CGO_ENABLED",
}

// environment returns the environment of the go command, given this program's: it builds for
// this machine, as this program was built. Values that are not empty stand above those that
// go env -w has written.
func (g Go) environment(env []string) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(s string) bool {
		name, _, _ := strings.Cut(s, "=")
		return slices.Contains(foreign, name)
	})
	env = append(env, built()...)
	// A temporary folder may be in a repository, whose state is of no interest.
	env = append(env, "GO111MODULE=on", "GOFLAGS=-buildvcs=false")
	if asked := value(env, "GOTOOLCHAIN"); asked != "" {
		env = append(env, "GOTOOLCHAIN="+policy(asked))
	}
	if g.Dir != "" {
		env = append(env, "GOWORK=off")
	}
	if g.Temp != "" {
		for _, name := range []string{"GOTMPDIR", "TMPDIR", "TMP", "TEMP"} {
			env = append(env, name+"="+g.Temp)
		}
	}
	return append(env, g.home(env)...)
}

// policy returns what GOTOOLCHAIN says of newer versions, without the version that it asks for,
// which may be too old for this module.
func policy(asked string) string {
	if _, newer, ok := strings.Cut(asked, "+"); ok {
		return newer
	}
	if slices.Contains([]string{"local", "path"}, asked) {
		return asked
	}
	return "auto"
}

// built returns the settings that this program was built with.
func built() []string {
	settings := []string{"GOOS=" + runtime.GOOS, "GOARCH=" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return settings
	}
	for _, s := range info.Settings {
		// Another version of go may not know the experiments of the one that built this.
		if s.Key == "CGO_ENABLED" || strings.HasPrefix(s.Key, "GO") && s.Key != "GOEXPERIMENT" {
			settings = append(settings, s.Key+"="+s.Value)
		}
	}
	return settings
}

// home returns what an environment without a home lacks, so that go finds its caches: the
// user's home and, where that has no room for caches, some in the temporary folder.
func (g Go) home(env []string) (more []string) {
	home, err := os.UserHomeDir()
	if err != nil {
		if home, err = homeOfUser(); err == nil {
			more = append(more, "HOME="+home)
		}
	}
	if g.Temp == "" {
		return more
	}
	cache, cacheErr := os.UserCacheDir()
	if cacheErr != nil {
		cache, cacheErr = filepath.Join(home, ".cache"), err
	}
	if value(env, "GOCACHE") == "" && (cacheErr != nil || !hasRoom(filepath.Join(cache, "go-build"))) {
		more = append(more, "GOCACHE="+filepath.Join(g.Temp, "cache"))
	}
	if value(env, "GOPATH")+value(env, "GOMODCACHE") == "" && (err != nil || !hasRoom(filepath.Join(home, "go", "pkg", "mod"))) {
		// Modules that may not be written could not be removed.
		more = append(more, "GOPATH="+filepath.Join(g.Temp, "path"), "GOFLAGS=-buildvcs=false -modcacherw")
	}
	return more
}

// hasRoom reports whether files can be made in a folder or, if it is missing, whether it could
// be. It is not made.
func hasRoom(dir string) bool {
	for {
		_, err := os.Stat(dir)
		switch parent := filepath.Dir(dir); {
		case err == nil:
			f, err := os.CreateTemp(dir, ".cellgen-*")
			if err != nil {
				return false
			}
			return errors.Join(f.Close(), os.Remove(f.Name())) == nil
		case !errors.Is(err, fs.ErrNotExist) || parent == dir:
			return false
		default:
			dir = parent
		}
	}
}

// homeOfUser returns the home folder of this user, from the system's list of users.
var homeOfUser = func() (string, error) {
	u, err := user.Current()
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(u.HomeDir); err != nil || !info.IsDir() {
		return "", fmt.Errorf("%s is not a folder", u.HomeDir)
	}
	return u.HomeDir, nil
}

// value returns the value of a variable: the last one counts.
func value(env []string, name string) (v string) {
	for _, s := range env {
		if rest, ok := strings.CutPrefix(s, name+"="); ok {
			v = rest
		}
	}
	return v
}
