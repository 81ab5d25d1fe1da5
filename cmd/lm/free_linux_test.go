package main

import (
	"os/exec"
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

// TestLimits runs lm with less memory than the machine has: what does not fit is an error, and
// no crash.
func TestLimits(t *testing.T) {
	for _, limit := range []string{"ulimit -v 2000000", "ulimit -d 1000000"} {
		cmd := exec.Command("sh", "-c", limit+`; exec lm train -hidden 4000`)
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(string(out), "lm: training takes about") {
			t.Errorf("%s: exit code %d: %.300s", limit, code, out)
		}
	}
}
