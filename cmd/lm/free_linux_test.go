package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// TestFreeIn has what systems with and without control groups say of memory.
func TestFreeIn(t *testing.T) {
	const gigabyte = 1 << 30
	for name, test := range map[string]struct {
		files map[string]string
		want  memory
		known bool
	}{
		"nothing is known": {nil, 0, false},
		"a machine": {map[string]string{
			"proc/meminfo": "MemTotal: 9000 kB\nMemAvailable: 3145728 kB\nSwapFree: 1048576 kB\n",
		}, 4 * gigabyte, true},
		"a group": {map[string]string{
			"proc/meminfo": "MemAvailable: 9437184 kB\n", "proc/self/cgroup": "0::/a/b\n",
			"sys/fs/cgroup/a/b/memory.max": "max\n",
			"sys/fs/cgroup/a/memory.max":   "3221225472\n", "sys/fs/cgroup/a/memory.stat": "file 77\nanon 1073741824\n",
		}, 2 * gigabyte, true},
		"a container": {map[string]string{
			"proc/meminfo": "MemAvailable: 9437184 kB\n", "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "1073741824\n",
		}, gigabyte, true},
		"a full group": {map[string]string{
			"proc/meminfo": "MemAvailable: 9437184 kB\n", "proc/self/cgroup": "0::/\n",
			"sys/fs/cgroup/memory.max": "1024\n", "sys/fs/cgroup/memory.stat": "anon 2048\n",
		}, 0, true},
		"version 1": {map[string]string{
			"proc/meminfo": "MemAvailable: 9437184 kB\n", "proc/self/cgroup": "3:cpu:/x\n4:memory:/m\n",
			"sys/fs/cgroup/memory/m/memory.limit_in_bytes": "2147483648\n", "sys/fs/cgroup/memory/m/memory.stat": "total_rss 1073741824\n",
		}, gigabyte, true},
	} {
		system := make(fstest.MapFS)
		for file, text := range test.files {
			system[file] = &fstest.MapFile{Data: []byte(text)}
		}
		if free, known := freeIn(system); free != test.want || known != test.known {
			t.Errorf("%s: %v, %t; want %v, %t", name, free, known, test.want, test.known)
		}
	}
}

// TestAddresses trains models that take most of what lm says is available, with limits on
// addresses under which Go hardly starts. A model is trained or refused: nothing crashes.
func TestAddresses(t *testing.T) {
	run := func(limit, hidden int) (out string, code int) {
		for range 9 { // Go may not get its first megabytes, before lm has looked at what is available
			cmd := exec.Command("sh", "-c", fmt.Sprintf("ulimit -v %d; exec timeout 60 lm train -model \"$0\" -text - -cell simplecell -batch 2 -steps 2 "+
				"-sample 0 -hidden %d", limit, hidden), filepath.Join(t.TempDir(), strconv.Itoa(hidden)))
			cmd.Stdin = bytes.NewReader(pattern[:40])
			text, _ := cmd.CombinedOutput()
			out, code = string(text), cmd.ProcessState.ExitCode()
			if code != 2 || strings.Contains(out, "/cmd/internal/training.") {
				break
			}
		}
		return out, code
	}
	for _, limit := range []int{1_000_000, 1_400_000, 1_600_000, 2_000_000} {
		said, _ := run(limit, 1_000_000)
		var megabytes float64
		if i := strings.LastIndex(said, ", and "); i < 0 {
			continue // Go does not start
		} else if _, err := fmt.Sscanf(said[i:], ", and %f MB", &megabytes); err != nil {
			continue // nothing is available
		}
		c := tiny("-cell", "simplecell", "-batch", "2", "-steps", "2", "-embed", "64")
		for c.Hidden = 1; must(c.needs(256)).sum() < memory(0.7e6*megabytes); c.Hidden += 8 {
		}
		out, code := run(limit, c.Hidden)
		t.Logf("%d kB, %v MB available, -hidden %d: exit code %d", limit, megabytes, c.Hidden, code)
		if code != 0 && (code != 1 || !strings.HasPrefix(out, "lm: training takes")) {
			t.Errorf("%d kB, %v MB available, -hidden %d: exit code %d: %.300s", limit, megabytes, c.Hidden, code, out)
		}
	}
}

// TestLimits runs lm with less memory than the machine has: what does not fit is an error, and
// no crash.
func TestLimits(t *testing.T) {
	for _, limit := range []string{"ulimit -v 2000000", "ulimit -d 1000000"} {
		cmd := exec.Command("sh", "-c", limit+`; exec lm train -model "$0" -hidden 4000`, t.TempDir())
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(string(out), "lm: training takes about") {
			t.Errorf("%s: exit code %d: %.300s", limit, code, out)
		}
	}
}
