package main

import (
	"bufio"
	"bytes"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// freeMemory returns how much memory this program may still take: what is free, in the machine
// and in the control groups that contain it, within its limits.
func freeMemory() (free memory, known bool) {
	system := os.DirFS("/")
	free, known = freeIn(system)
	taken := fields(system, "proc/self/status")
	for _, limit := range []struct {
		resource int
		name     string // of what is taken
		rounding memory // what arrays may take besides themselves
	}{
		{unix.RLIMIT_AS, "VmSize:", 256 << 20}, // Go takes addresses 64 MB at a time, and stacks of threads
		{unix.RLIMIT_DATA, "VmData:", 32 << 20},
	} {
		var r unix.Rlimit
		if unix.Getrlimit(limit.resource, &r) == nil && r.Cur != unix.RLIM_INFINITY {
			left := max(0, memory(r.Cur)-1024*taken[limit.name]-limit.rounding)
			if !known || left < free {
				free, known = left, true
			}
		}
	}
	return free, known
}

// freeIn looks into the files of a system. Swapped memory counts as free.
func freeIn(system fs.FS) (free memory, known bool) {
	info := fields(system, "proc/meminfo")
	available, known := info["MemAvailable:"]
	free = 1024 * (available + info["SwapFree:"])
	groups, _ := fs.ReadFile(system, "proc/self/cgroup")
	for line := range strings.Lines(string(groups)) {
		part := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(part) < 3 || part[1] != "" && part[1] != "memory" {
			continue
		}
		folder, limit, used := "sys/fs/cgroup", "memory.max", "anon"
		if part[1] == "memory" { // version 1
			folder, limit, used = "sys/fs/cgroup/memory", "memory.limit_in_bytes", "total_rss"
		}
		for group := path.Clean("/" + part[2]); ; group = path.Dir(group) {
			most, err := fs.ReadFile(system, path.Join(folder, group, limit))
			if n, bad := strconv.ParseFloat(string(bytes.TrimSpace(most)), 64); err == nil && bad == nil && n > 0 {
				left := max(0, memory(n)-fields(system, path.Join(folder, group, "memory.stat"))[used])
				if !known || left < free {
					free, known = left, true
				}
			}
			if group == "/" {
				break
			}
		}
	}
	return free, known
}

// fields returns the numbers of a file that has a name and a number on each line.
func fields(system fs.FS, name string) map[string]memory {
	values := make(map[string]memory)
	text, _ := fs.ReadFile(system, name)
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if word := strings.Fields(lines.Text()); len(word) >= 2 {
			if n, err := strconv.ParseFloat(word[1], 64); err == nil {
				values[word[0]] = memory(n)
			}
		}
	}
	return values
}
