package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/cmd/search/table"
)

// writeTable runs the command search table.
func writeTable(args []string, stdout, _ io.Writer) error {
	f := flag.NewFlagSet("table", flag.ContinueOnError)
	folder := f.String("study", "study", "the `folder` of a study, which may run meanwhile")
	file := f.String("o", "table.csv.gz", "the `file` to write")
	if err := parse(f, args, stdout); err != nil {
		return err
	}
	c, _, err := study.Load(*folder)
	if err != nil {
		return err
	}
	records, _, err := study.Read(*folder)
	if err != nil {
		return err
	}
	t := table.FromStudy(c, records)
	if err := replaceFile(*file, t.Write); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s: %d cells\n", *file, len(t.Rows))
	return err
}

// readTable reads the file of a table.
func readTable(path string) (*table.Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := table.Read(f)
	if err != nil {
		return nil, inTable(path, err)
	}
	return t, nil
}
