package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/generated"
)

// readSource reads a cell of a file system: tokens or equations.
func readSource(files fs.FS, path string) (gen.Source, error) {
	text, err := fs.ReadFile(files, path)
	if err != nil {
		return nil, err
	}
	if filepath.Ext(path) == ".toml" {
		return cell.ReadSpec(path, text)
	}
	return equation.Read(path, text)
}

// layersOf returns a layer of each cell of the files that match patterns.
func layersOf(prefix string, files fs.FS, patterns ...string) (all []subject, err error) {
	for _, pattern := range patterns {
		paths, err := fs.Glob(files, pattern)
		if err != nil {
			return nil, err
		}
		if len(paths) == 0 {
			return nil, fmt.Errorf("no files match %s: run it in this module's root folder", pattern)
		}
		for _, path := range paths {
			source, err := readSource(files, path)
			if err != nil {
				return nil, err
			}
			s, err := layerOf(prefix+source.Head().Name, source, uint64(len(all)))
			if err != nil {
				return nil, err
			}
			all = append(all, s)
		}
	}
	return all, nil
}

// shipped returns a layer of each shipped cell, and of an lstm without a bias.
func shipped() ([]subject, error) {
	all, err := layersOf("shipped-", generated.Sources, "*/spec.toml", "*/*.cell")
	if err != nil {
		return nil, err
	}
	source, err := readSource(generated.Sources, "lstm/spec.toml")
	if err != nil {
		return nil, err
	}
	spec := *source.(*cell.Spec)
	spec.Bias = false
	s, err := layerOf("shipped-LSTM-unbiased", &spec, 0)
	return append(all, s), err
}

// fromFiles returns layers of the cells that the language is tested with.
func fromFiles() ([]subject, error) {
	return layersOf("tested-", os.DirFS("gen/equation/testdata"), "oracle/*.cell", "catalogue/*.cell")
}

// randomCells is how many cells of each kind are drawn.
const randomCells = 30

// randomTrees returns layers of cells of tokens, of one to eight leaves.
func randomTrees() (all []subject, err error) {
	r := rand.New(rand.NewPCG(2017, 1611))
	for i := range randomCells {
		spec := &cell.Spec{Name: fmt.Sprint("Tree", i), Bias: i%2 == 0, Cell: cell.Random(r, 1+i%8)}
		s, err := layerOf("random-"+spec.Name, spec, uint64(i))
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// randomEquations returns layers of cells of equations.
func randomEquations() (all []subject, err error) {
	r := rand.New(rand.NewPCG(2026, 1611))
	for i := range randomCells {
		c := equation.Random(r, i%7)
		s, err := layerOf(fmt.Sprint("random-Equations", i), c, uint64(i))
		if err != nil {
			return nil, fmt.Errorf("%w\n%s", err, strings.TrimSpace(c.String()))
		}
		all = append(all, s)
	}
	return all, nil
}
