package study

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/journal"
	"github.com/cellgen/cellgen/runtime/replace"
)

func configFile(folder string) string  { return filepath.Join(folder, "study.json") }
func textFile(folder string) string    { return filepath.Join(folder, "text") }
func journalFile(folder string) string { return filepath.Join(folder, "journal.jsonl") }

// ErrNone is the error of a folder that has no study.
var ErrNone = errors.New("it has no study.json")

// Create makes the folder of a study, or leaves it as it is if it has the same study already. It
// is an error, and nothing changes, if it has another one, or files that a study's would replace,
// or if another process is making one there. The text's digest becomes part of the configuration.
func Create(folder string, c Config, text []byte) error {
	c.Child.Text = child.Digest(text)
	if err := c.Check(); err != nil {
		return err
	}
	config, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		return err
	}
	if found, err := find(folder, config); found || err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := refuse(folder, text); err != nil {
		return err
	}
	unlock, err := process.Lock(journalFile(folder))
	if err != nil {
		return fmt.Errorf("%s: %w", folder, err)
	}
	return errors.Join(fill(folder, config, text), unlock())
}

// find reports whether a folder has a study. It is an error if that is another one.
func find(folder string, config []byte) (bool, error) {
	have, err := os.ReadFile(configFile(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil && !bytes.Equal(bytes.TrimSpace(have), config) {
		err = fmt.Errorf("%s has another study: %s; choose another folder", folder, differences(have, config))
	}
	return err == nil, err
}

// refuse returns an error if the folder has files that are not a study's. A process that was killed
// while it made the study has left an empty journal, or the text with it.
func refuse(folder string, text []byte) error {
	for file, left := range map[string][]byte{journalFile(folder): nil, startsFile(folder): nil, textFile(folder): text} {
		have, err := os.ReadFile(file)
		if !errors.Is(err, fs.ErrNotExist) && (err != nil || !bytes.Equal(have, left)) {
			return fmt.Errorf("%s is there, and %s has no study of its own: choose another folder", file, folder)
		}
	}
	return nil
}

// fill makes a study in a locked folder, unless somebody has made it before it was locked.
func fill(folder string, config, text []byte) error {
	if found, err := find(folder, config); found || err != nil {
		return err
	}
	if err := refuse(folder, text); err != nil {
		return err
	}
	if err := write(textFile(folder), text); err != nil {
		return err
	}
	return write(configFile(folder), append(config, '\n')) // last: with it, the folder is a study
}

func write(path string, data []byte) error {
	err := replace.Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// differences returns the lines of a configuration that another one has otherwise.
func differences(have, want []byte) string {
	var all []string
	lines := strings.Split(strings.TrimSpace(string(have)), "\n")
	for line := range strings.SplitSeq(string(want), "\n") {
		if !slices.Contains(lines, line) {
			all = append(all, strings.TrimRight(strings.TrimSpace(line), ","))
		}
	}
	return strings.Join(all, ", ") + " is not what it began with"
}

// ID returns the name of a study where studies of many folders meet: a hash of all that decides it.
func (c *Config) ID() string {
	text, err := json.Marshal(c)
	if err != nil { // a float that is not finite, which Check refuses
		panic("study: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// Load returns the configuration and the text of a study, which may be in use.
func Load(folder string) (c Config, text []byte, err error) {
	data, err := os.ReadFile(configFile(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil, fmt.Errorf("%s is not a study: %w", folder, ErrNone)
	}
	if err != nil {
		return c, nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, nil, fmt.Errorf("%s: %w", configFile(folder), err)
	}
	if err := c.Check(); err != nil {
		return c, nil, fmt.Errorf("%s: %w", configFile(folder), err)
	}
	if text, err = os.ReadFile(textFile(folder)); err != nil {
		return c, nil, err
	}
	if got := child.Digest(text); got != c.Child.Text {
		return c, nil, fmt.Errorf("%s: the text has SHA-256 %s, and the study's %s", textFile(folder), got, c.Child.Text)
	}
	return c, text, nil
}

// Study is an open study. It has one owner.
type Study struct {
	Config
	Text    []byte
	Folder  string
	journal *journal.Journal
	past    []Record // of the journal, that have not come up again yet
	engine
}

// Open opens a study to go on with it. It is an error if it is open already.
func Open(folder string) (*Study, error) {
	c, text, err := Load(folder)
	if err != nil {
		return nil, err
	}
	j, entries, err := journal.Open(journalFile(folder))
	if err != nil {
		return nil, err
	}
	s := &Study{Config: c, Text: text, Folder: folder, journal: j}
	if s.past, _, err = decode(folder, 0, entries); err == nil {
		s.engine, err = newEngine(&s.Config)
	}
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return s, nil
}

// Close lets others open the study.
func (s *Study) Close() error { return s.journal.Close() }
