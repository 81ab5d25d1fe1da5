package main

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/picture"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/emit/draw"
	"github.com/cellgen/cellgen/gen/front"
)

func drawCell(flags *flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	source := newSpecFlags(flags)
	path := flags.String("o", "", "`file` to write, whose extension names the format: "+drawExtensions()+"; or -, standard output, for DOT (the default)")
	return func(args []string, stdout, _ io.Writer) error {
		format, err := drawFormat(flags, *path)
		if err != nil {
			return err
		}
		spec, err := source.read(args, "")
		if err != nil {
			return err
		}
		data, err := picture.Of(spec.Source, format)
		if err != nil {
			return fmt.Errorf("drawing %s: %w", spec.Head().Name, err)
		}
		if *path == "" || *path == standard {
			_, err := stdout.Write(data)
			return err
		}
		if err := replaceFiles(gen.File{Name: *path, Data: data}); err != nil {
			return fmt.Errorf("writing the picture %w", err)
		}
		return nil
	}
}

// drawFormat returns the format that the file's extension names.
func drawFormat(flags *flag.FlagSet, path string) (string, error) {
	switch {
	case !isSet(flags, "o"), path == standard:
		return "dot", nil
	case path == "":
		return "", usagef("draw: -o is empty")
	}
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
	if !slices.Contains(draw.Formats(), format) {
		return "", usagef("draw: -o %s: unknown extension %q; want one of %s", front.Plain(path), filepath.Ext(path), drawExtensions())
	}
	return format, nil
}

// drawExtensions lists the extensions of picture files.
func drawExtensions() string { return "." + strings.Join(draw.Formats(), ", .") }
