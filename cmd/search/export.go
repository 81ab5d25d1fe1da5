package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/cmd/internal/picture"
	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/cmd/search/summary"
)

// exportStudy runs the command search export.
func exportStudy(args []string, stdout, _ io.Writer) error {
	f, folder := readFlags("export")
	name := f.String("cell", summary.TheBest, "the cell of -o: "+cellUsage)
	out := f.String("o", "", "write a cell to this `folder`: its source, which cellgen generate takes, its picture and figures.json")
	csvFile := f.String("csv", "", "write all trainings to this `file`, a row each")
	jsonFile := f.String("jsonl", "", "write everything to this `file` as lines of JSON")
	if err := parse(f, args, stdout); err != nil {
		return err
	}
	if *out == "" && *csvFile == "" && *jsonFile == "" {
		return usagef("nothing to export, want -o, -csv or -jsonl")
	}
	s, err := summary.Read(*folder)
	if err != nil {
		return err
	}
	if *out != "" {
		if err := exportCell(s, *name, *out); err != nil {
			return err
		}
	}
	for _, table := range []struct {
		path  string
		write func(*summary.Summary, io.Writer) error
	}{{*csvFile, (*summary.Summary).WriteCSV}, {*jsonFile, (*summary.Summary).WriteJSON}} {
		if table.path == "" {
			continue
		}
		var data bytes.Buffer
		if err := table.write(s, &data); err != nil {
			return err
		}
		if err := writeFile(table.path, data.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// exported is what figures.json has.
type exported struct {
	summary.Figures
	Study   string   `json:"study"`
	Space   string   `json:"space"`
	Text    string   `json:"text"`    // its SHA-256
	Command []string `json:"command"` // that the study was begun with
}

// exportCell writes a cell to a folder.
func exportCell(s *summary.Summary, name, folder string) error {
	c, err := s.Find(name)
	if err != nil {
		return err
	}
	source, err := s.Source(c)
	if err != nil {
		return err
	}
	file, own := "spec.toml", source.Head().Name
	if read.Equations(source) != nil {
		file = own + ".cell"
	}
	drawing, err := picture.Of(source, "svg")
	if err != nil {
		return err
	}
	e := exported{Study: s.Folder, Space: s.Space.String(), Text: s.Config.Child.Text}
	if e.Figures, err = s.Figures(c); err != nil {
		return err
	}
	if len(s.Starts) > 0 {
		e.Command = s.Starts[0].Command
	}
	figures, err := json.MarshalIndent(e, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for path, data := range map[string][]byte{file: []byte(source.String()), own + ".svg": drawing, "figures.json": append(figures, '\n')} {
		if err := writeFile(filepath.Join(folder, path), data); err != nil {
			return err
		}
	}
	return nil
}
