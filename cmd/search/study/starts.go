package study

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	processors "runtime"
	"runtime/debug"
	"time"

	"github.com/cellgen/cellgen/cmd/cellgen/timing"
	"github.com/cellgen/cellgen/runtime"
)

func startsFile(folder string) string { return filepath.Join(folder, "runs.jsonl") }

// Start is a line of a study's runs.jsonl: who went on with the study, when and on what. It
// is not part of the journal, and decides nothing.
type Start struct {
	At        time.Time `json:"at"`
	Command   []string  `json:"command"`
	Version   string    `json:"version,omitempty"`  // of this module
	Revision  string    `json:"revision,omitempty"` // of the source, "-dirty" if that had changes
	Go        string    `json:"go"`
	Platform  string    `json:"platform"`
	Processor string    `json:"processor"`
	Backend   string    `json:"backend"`
	Vectors   string    `json:"vectors"`
	Workers   int       `json:"workers"` // children that the process trains at a time
	Seed      uint64    `json:"seed"`
	Seeds     int       `json:"seeds"` // with which the best cells are repeated
}

// Began notes that this process goes on with the study by a command, as so many workers. The line is
// on the disk when it returns.
func (s *Study) Began(command []string, workers int) error {
	start := Start{
		At: time.Now().UTC().Round(time.Millisecond), Command: command,
		Go: processors.Version(), Platform: processors.GOOS + "/" + processors.GOARCH,
		Processor: timing.Processor(), Backend: s.Child.Backend, Vectors: runtime.Vectors(),
		Workers: workers, Seed: s.Child.Seed, Seeds: s.Repeats.Seeds,
	}
	start.Version, start.Revision = built()
	line, err := json.Marshal(start)
	if err != nil {
		return err
	}
	return appendLine(startsFile(s.Folder), line)
}

// built returns the version and the revision of this program, as far as they are known.
func built() (version, revision string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", ""
	}
	dirty := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "-dirty"
		}
	}
	if revision != "" {
		revision += dirty
	}
	return info.Main.Version, revision
}

// appendLine appends a line to a file, and ends what an append that was cut short has left.
func appendLine(path string, line []byte) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	last := []byte{'\n'}
	if size, err := f.Seek(0, io.SeekEnd); err != nil {
		return err
	} else if size > 0 {
		if _, err := f.ReadAt(last, size-1); err != nil {
			return err
		}
	}
	if last[0] != '\n' {
		line = append([]byte{'\n'}, line...)
	}
	if _, err := f.Write(append(line, '\n')); err != nil {
		return err
	}
	return f.Sync()
}

// Starts returns who has worked on a study, in order. Lines that were cut short are left out.
func Starts(folder string) ([]Start, error) {
	data, err := os.ReadFile(startsFile(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Start
	for line := range bytes.Lines(data) {
		var s Start
		if json.Unmarshal(line, &s) == nil {
			all = append(all, s)
		}
	}
	return all, nil
}
