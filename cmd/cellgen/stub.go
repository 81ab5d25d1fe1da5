package main

import (
	"flag"
	"io"
)

func explain(*flag.FlagSet) func([]string, io.Writer, io.Writer) error  { return nil }
func drawCell(*flag.FlagSet) func([]string, io.Writer, io.Writer) error { return nil }
