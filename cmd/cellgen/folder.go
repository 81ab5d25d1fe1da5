package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/front"
)

// packageOf returns the name of a cell's package in the folder. The flag says it, or else
// the spec, $GOPACKAGE, the folder's Go files, or the cell's name in lower case. It is an
// error if two of the first four say different names.
func (o *output) packageOf(p *gen.Program, flag, spec string) (string, error) {
	type source struct{ says, name string }
	sources := []source{{"-package", flag}, {"the spec", spec}, {"$GOPACKAGE", goPackage(o.dir)}}
	if flag != "" {
		sources[1].name = "" // overridden
	}
	inTheWay := cmp.Or(flag, spec, sources[2].name, p.Package) + "_cellgen"
	for _, n := range neighbours(o.dir) {
		if !strings.HasPrefix(n.name, inTheWay) { // refused, or overwritten
			sources = append(sources, source{n.at.String(), n.pkg})
		}
	}
	var errs []error
	first := source{"", p.Package}
	for _, s := range sources {
		switch {
		case s.name == "":
		case first.says == "":
			first = s
		case s.name != first.name:
			errs = append(errs, fmt.Errorf("%s: package %s clashes with package %s, of %s; a folder has one package", s.says, s.name, first.name, first.says))
		}
	}
	if len(errs) == 0 && first.says != "" {
		if message := front.CheckPackage(first.name); message != "" {
			errs = append(errs, fmt.Errorf("%s: %s; write the cell to a folder of its own", first.says, message))
		}
	}
	return first.name, errors.Join(errs...)
}

// goPackage returns $GOPACKAGE, which go generate sets to the package of the current folder,
// or "" for another folder.
func goPackage(dir string) string {
	here, err := os.Stat(".")
	if err != nil {
		return ""
	}
	there, err := os.Stat(dir)
	if err != nil || !os.SameFile(here, there) {
		return ""
	}
	name := os.Getenv("GOPACKAGE")
	if strings.HasSuffix(os.Getenv("GOFILE"), "_test.go") {
		name = strings.TrimSuffix(name, "_test")
	}
	return name
}

// clashes returns why the folder would not build with the files in it, or would lose a cell.
func (o *output) clashes(force bool) (errs []error) {
	for _, orphan := range o.orphans() {
		errs = append(errs, fmt.Errorf("%s is left over from another cell or package, and a folder takes one cell; delete it if nothing needs it", front.Plain(orphan)))
	}
	errs = append(errs, o.strangers()...)
	ours := make(map[string]bool) // names, and whether one is only imported
	for _, f := range o.files {
		if n, ok := readNeighbour(f.Name, f.Data); ok {
			for _, d := range n.decl {
				ours[d.name] = ours[d.name] || !d.imported
			}
		}
		if lost := o.lost(f); lost != "" && !force {
			errs = append(errs, fmt.Errorf("%s is the cell %s, and a folder takes one cell; delete the file, or -force overwrites it", front.Plain(filepath.Join(o.dir, f.Name)), lost))
		}
	}
	for _, n := range neighbours(o.dir) {
		if slices.ContainsFunc(o.files, func(f gen.File) bool { return f.Name == n.name }) {
			continue // it is in the way, and refused, or overwritten
		}
		if n.cgo {
			errs = append(errs, fmt.Errorf("%s: the file uses cgo, and Go builds no assembly beside it", n.at))
		}
		for _, d := range n.decl {
			if declared, ok := ours[d.name]; ok && (declared || !d.imported) {
				errs = append(errs, fmt.Errorf("%s: %s is declared in the generated package too", d.at, d.name))
			}
		}
	}
	return errs
}

// lost returns the name of the cell, if it is another, whose package f would replace.
func (o *output) lost(f gen.File) string {
	old, err := o.read(f)
	if err != nil {
		return ""
	}
	if name := gen.CellOf(old); name != gen.CellOf(f.Data) {
		return name
	}
	return ""
}
