// Command curves measures how a layer's time and memory grow with H, B and T, and how the
// compiler's time and output grow with the base of a cell, each over about a decade or more.
// It fits the exponents by least squares between logarithms.
//
//	go run ./benchmarks/curves [-o DIR]
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/cmd/cellgen/timing"
)

// report is what is written.
type report struct {
	Machine timing.Machine `json:"machine"`
	Curves  []curve        `json:"curves"`
}

func main() {
	out := flag.String("o", "", "`folder` for the table, the plot and the figures; made if missing")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "curves:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	r := report{Machine: timing.Measure()}
	for _, of := range []func() ([]curve, error){layers, compiler} {
		curves, err := of()
		if err != nil {
			return err
		}
		r.Curves = append(r.Curves, curves...)
	}
	table := r.markdown()
	fmt.Print(table)
	if out == "" {
		return nil
	}
	figures, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	picture, err := r.picture()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for name, data := range map[string][]byte{"curves.md": []byte(table), "curves.json": append(figures, '\n'), "curves.svg": picture} {
		if err := os.WriteFile(filepath.Join(out, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
