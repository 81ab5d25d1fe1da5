package main

import (
	"flag"
	"fmt"
	"io"

	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/cmd/search/table"
	"github.com/cellgen/cellgen/runtime/replace"
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
	if err := replace.Write(*file, t.Write); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s: %d cells\n", *file, len(t.Rows))
	return err
}
