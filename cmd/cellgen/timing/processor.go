package timing

import (
	"bufio"
	"os"
	"reflect"
	"runtime"
	"strings"

	"golang.org/x/sys/cpu"
)

// Processor describes the processor for readers of benchmarks: by the name, family and model
// that Linux reports or, without these, by its architecture and features. It looks them up at
// each call.
func Processor() string {
	if name := cpuinfo("/proc/cpuinfo"); name != "" {
		return name
	}
	return strings.Join(append([]string{runtime.GOARCH}, features()...), " ")
}

// cpuinfo returns the description of the first processor in a file such as /proc/cpuinfo, or
// "".
func cpuinfo(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	fields := make(map[string]string)
	for lines := bufio.NewScanner(f); lines.Scan() && lines.Text() != ""; {
		key, value, _ := strings.Cut(lines.Text(), ":")
		fields[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	name := fields["model name"]
	if name != "" && fields["cpu family"] != "" {
		name += ", family " + fields["cpu family"] + " model " + fields["model"]
	}
	return name
}

// features returns the processor's features, as golang.org/x/sys/cpu names them.
func features() (names []string) {
	var table reflect.Value
	switch runtime.GOARCH {
	case "386", "amd64":
		table = reflect.ValueOf(cpu.X86)
	case "arm64":
		table = reflect.ValueOf(cpu.ARM64)
	default:
		return nil
	}
	for field, has := range table.Fields() {
		if name, ok := strings.CutPrefix(field.Name, "Has"); ok && has.Bool() {
			names = append(names, name)
		}
	}
	return names
}
