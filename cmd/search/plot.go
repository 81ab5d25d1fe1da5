package main

import (
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"github.com/cellgen/cellgen/cmd/cellgen/chart"
	"github.com/cellgen/cellgen/cmd/search/summary"
)

// plotStudies runs the command search plot.
func plotStudies(args []string, stdout, _ io.Writer) error {
	f, _ := readFlags("plot")
	var folders []string
	f.Lookup("study").Usage = "the `folder` of a study, which may be running; several are compared"
	f.Lookup("study").Value = listValue{&folders}
	path := f.String("o", "", "the `file` to write: ."+strings.Join(chart.Formats, ", ."))
	if err := parse(f, args, stdout); err != nil {
		return err
	}
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(*path)), ".")
	if !slices.Contains(chart.Formats, format) {
		return usagef("-o is %q, want a file that ends in .%s", *path, strings.Join(chart.Formats, " or ."))
	}
	if len(folders) == 0 {
		folders = []string{"study"}
	}
	return plotFolders(folders, *path, format)
}

// plotFolders writes a picture of several studies.
func plotFolders(folders []string, path, format string) error {
	var all []*summary.Summary
	for _, folder := range folders {
		s, err := summary.Read(folder)
		if err != nil {
			return err
		}
		all = append(all, s)
	}
	plots, err := summary.Plots(all)
	if err != nil {
		return err
	}
	return writePicture(path, format, plots)
}

func writePicture(path, format string, plots []*plot.Plot) error {
	width := vg.Length(11*len(plots)) * vg.Centimeter
	data, err := chart.Picture(format, width, 9*vg.Centimeter, plots...)
	if err != nil {
		return err
	}
	return writeFile(path, data)
}

// listValue is the value of a flag that may be given several times.
type listValue struct{ all *[]string }

func (v listValue) String() string { return "" }

func (v listValue) Set(s string) error {
	if s == "" {
		return errors.New("it is empty")
	}
	*v.all = append(*v.all, s)
	return nil
}
