package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/soak"
)

// generation is a version of a package's files, and the arguments that generate it.
type generation struct {
	args  []string
	files []gen.File
}

// folder is a folder with a generated package, which two specs generate differently.
type folder struct {
	dir, program string
	versions     [2]generation
	last         int // the version of the first file
}

// newFolder fills a folder, and copies this program to a file named cellgen that any user may
// run.
func newFolder(t *testing.T, dir string) *folder {
	t.Helper()
	f := &folder{dir: dir, program: filepath.Join(t.TempDir(), "cellgen")}
	self, err := os.Executable()
	noError(err)
	data, err := os.ReadFile(self)
	noError(err)
	noError(os.WriteFile(f.program, data, 0o755))
	for path := f.program; path != os.TempDir() && path != "/"; path = filepath.Dir(path) {
		noError(os.Chmod(path, 0o755))
	}
	r := rand.New(rand.NewPCG(3, 4))
	for i := range f.versions {
		spec, err := cell.NewSpec("A", cell.Random(r, 24).String(), "")
		noError(err)
		files, err := gen.Compile(spec, nil).Generate()
		noError(err)
		f.versions[i] = generation{[]string{"generate", "-name", "A", "-tokens", spec.Cell.String(), "-o", dir}, files}
	}
	if out, err := f.command(0).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return f
}

func noError(err error) {
	if err != nil {
		panic(err)
	}
}

func (f *folder) command(version int) *exec.Cmd {
	return exec.Command(f.program, f.versions[version].args...)
}

// see fails unless every file is wholly of one of the two versions. It returns whether the first
// file, which is written first, has changed its version.
func (f *folder) see(t *testing.T) (changed bool) {
	t.Helper()
	for i, file := range f.versions[0].files {
		data, err := os.ReadFile(filepath.Join(f.dir, file.Name))
		switch other := 1 - f.last; {
		case err != nil:
			t.Fatal(err)
		case i == 0 && bytes.Equal(data, f.versions[other].files[i].Data):
			f.last, changed = other, true
		case !bytes.Equal(data, f.versions[0].files[i].Data) && !bytes.Equal(data, f.versions[1].files[i].Data):
			t.Fatalf("%s has %d bytes and is of neither version", file.Name, len(data))
		}
	}
	return changed
}

// mixed reports whether the folder has files of both versions.
func (f *folder) mixed() bool {
	same := func(file gen.File) bool {
		data, err := os.ReadFile(filepath.Join(f.dir, file.Name))
		return err == nil && bytes.Equal(data, file.Data)
	}
	return !slices.ContainsFunc(f.versions[:], func(v generation) bool {
		return !slices.ContainsFunc(v.files, func(file gen.File) bool { return !same(file) })
	})
}

// sweep removes temporary files and returns how many there were. Nothing else may be in the
// folder.
func (f *folder) sweep(t *testing.T) (n int) {
	t.Helper()
	entries, err := os.ReadDir(f.dir)
	noError(err)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".cellgen-") {
			noError(os.Remove(filepath.Join(f.dir, e.Name())))
			n++
		} else if !slices.ContainsFunc(f.versions[0].files, func(file gen.File) bool { return file.Name == e.Name() }) {
			t.Errorf("left behind: %s", e.Name())
		}
	}
	return n
}

// touched returns when the folder and its first file last changed.
func (f *folder) touched() (times [2]unix.Timespec) {
	for i, path := range []string{f.dir, filepath.Join(f.dir, "a_cellgen.go")} {
		var s unix.Stat_t
		if err := unix.Stat(path, &s); err == nil {
			times[i] = s.Mtim
		}
	}
	return times
}

// TestKilled kills the command at random moments, half of them just after it has touched the
// folder: each file is wholly the old or wholly the new one. If some are old and some new,
// they do not compile (TestMixedGenerations). It may leave temporary files, whose names begin
// with a dot: Go ignores them, and no run reads or writes them again.
func TestKilled(t *testing.T) {
	f := newFolder(t, t.TempDir())
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	upTo := func(d time.Duration) time.Time { return time.Now().Add(time.Duration(random.Int64N(int64(d)))) }
	start := time.Now()
	noError(f.command(0).Run())
	whole := time.Since(start)
	changes, mixes, leftovers := 0, 0, 0
	for trial := range soak.Cases(100, 2000) {
		before, cmd := f.touched(), f.command(1-f.last)
		noError(cmd.Start())
		end := upTo(2 * whole)
		if trial%2 == 0 {
			for end = time.Now().Add(10 * whole); f.touched() == before && time.Now().Before(end); {
			}
			end = upTo(time.Millisecond)
		}
		for time.Now().Before(end) {
		}
		noError(cmd.Process.Kill())
		_ = cmd.Wait()
		if f.see(t) {
			changes++
		}
		if f.mixed() {
			mixes++
		}
		leftovers += f.sweep(t)
	}
	t.Logf("%d changes, %d of them to files of two generations, %d temporary files left", changes, mixes, leftovers)
	if soak.On() && (changes == 0 || leftovers == 0) {
		t.Error("the command was never killed before it changed the file, or never after")
	}
}

// refuses runs the command, which must fail with exit code 1 and leave the folder as it was.
func (f *folder) refuses(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 1 || bytes.Contains(out, []byte("goroutine")) {
		t.Errorf("exit %d, %v: %s", code, err, out)
	}
	t.Logf("%s", out)
	if f.see(t) || f.sweep(t) > 0 {
		t.Error("the folder is not what it was")
	}
}

// TestFullDisk limits the size of files, then leaves no room on the disk, then room for only the
// first file.
func TestFullDisk(t *testing.T) {
	f := newFolder(t, t.TempDir())
	cmd := f.command(1)
	cmd.Args = append([]string{"sh", "-c", `ulimit -f 1; exec "$0" "$@"`}, cmd.Args...)
	cmd.Path = "/bin/sh"
	f.refuses(t, cmd)

	dir := t.TempDir()
	if err := unix.Mount("none", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skip("no disk to fill:", err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	f = newFolder(t, filepath.Join(dir, "package"))
	ballast, err := os.Create(filepath.Join(dir, "ballast"))
	noError(err)
	defer ballast.Close()
	full := int64(0)
	for err == nil {
		var n int
		n, err = ballast.Write(make([]byte, 4096))
		full += int64(n)
	}
	for _, room := range []int64{0, int64(len(f.versions[1].files[0].Data)) + 2*4096} {
		noError(ballast.Truncate(full - room))
		cmd = f.command(1)
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != 1 || f.see(t) || f.mixed() || f.sweep(t) > 0 || !bytes.Contains(out, []byte("no space")) {
			t.Errorf("with room for %d bytes: exit %d, or the folder is not what it was: %s", room, code, out)
		}
		t.Logf("%s", out)
	}
}

// TestPipesInFolder generates beside pipes that nobody writes to, and expects none to be opened:
// one in the way is refused.
func TestPipesInFolder(t *testing.T) {
	for name, want := range map[string]int{"x.go": 0, "x_test.go": 0, "x.c": 0, "x_cellgen.go": 0, "a_cellgen.go": 1, "a_cellgen_amd64.s": 1} {
		for _, flag := range []string{"-force", "-check"} {
			dir := t.TempDir()
			if err := syscall.Mkfifo(filepath.Join(dir, name), 0o666); err != nil {
				t.Fatal(err)
			}
			ended := make(chan string, 1)
			go func() {
				var out bytes.Buffer
				code := run([]string{"generate", "-name", "A", "-tokens", simple, "-o", dir, flag}, &out, &out)
				if flag == "-force" && code != want || want == 1 && !strings.Contains(out.String(), name+" is not a regular file") {
					ended <- fmt.Sprintf("exit %d: %s", code, &out)
				}
				close(ended)
			}()
			select {
			case wrong := <-ended:
				if wrong != "" {
					t.Errorf("%s, %s: %s", name, flag, wrong)
				}
			case <-time.After(soak.Patience(t)):
				t.Fatalf("%s, %s: waits for the pipe", name, flag)
			}
		}
	}
}

// TestUnwritableFolder runs the command where it may not write: as the user nobody, if the test
// runs as root.
func TestUnwritableFolder(t *testing.T) {
	dir := t.TempDir()
	noError(os.Chmod(dir, 0o755))
	f := newFolder(t, dir)
	cmd := f.command(1)
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	} else {
		noError(os.Chmod(dir, 0o555))
		defer os.Chmod(dir, 0o755)
	}
	f.refuses(t, cmd)
}

// TestSynced checks, in a trace of system calls, that the file is synced before it is renamed,
// and the folder after that.
func TestSynced(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("no strace here")
	}
	f := newFolder(t, t.TempDir())
	trace := filepath.Join(t.TempDir(), "trace")
	cmd := f.command(1)
	cmd.Args = append([]string{"strace", "-f", "-y", "-o", trace, "-e", "trace=fsync,rename,renameat,renameat2", f.program}, cmd.Args[1:]...)
	cmd.Path = strace
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("strace cannot trace here: %v: %s", err, out)
	}
	data, err := os.ReadFile(trace)
	noError(err)
	at := 0
	for _, want := range []string{"fsync(", ".cellgen-", "rename", "a_cellgen.go", "fsync(", f.dir + ">"} {
		i := strings.Index(string(data[at:]), want)
		if i < 0 {
			t.Fatalf("no %s in its place:\n%s", want, data)
		}
		at += i + len(want)
	}
}
