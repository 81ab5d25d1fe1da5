package main

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/front"
)

type generateFlags struct {
	name, tokens, pkg, dir string
	check, force           bool
}

func generate(flags *flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	var g generateFlags
	flags.StringVar(&g.name, "name", "", "the cell's `name`, a Go identifier; with -tokens, instead of a SPEC")
	flags.StringVar(&g.tokens, "tokens", "", "the cell's `tokens`, separated by spaces or commas; with -name, instead of a SPEC")
	flags.StringVar(&g.pkg, "package", "", "`name` of the package (default: the spec's package, or the cell's name in lower case)")
	flags.StringVar(&g.dir, "o", "", "`folder` to write to, made if missing (default: the SPEC's folder, or the current one)")
	flags.BoolVar(&g.check, "check", false, "write nothing; print a diff and exit with 1 if the files are not up to date")
	flags.BoolVar(&g.force, "force", false, "overwrite files even if cellgen did not generate them")
	dump := dumpFlag(flags)
	return func(args []string, stdout, stderr io.Writer) error {
		watch, err := dump(stdout)
		if err != nil {
			return err
		}
		spec, err := g.spec(flags, args)
		if err != nil {
			return err
		}
		p := gen.Compile(spec, watch)
		if g.pkg != "" {
			p.Package = g.pkg
		}
		files, err := p.Generate()
		if err != nil {
			return fmt.Errorf("generating %s: %w", p.Name, err)
		}
		out := output{dir: g.dir, files: files}
		if g.check {
			return out.check(stdout)
		}
		if err := out.write(g.force); err != nil {
			return err
		}
		for _, orphan := range out.orphans() {
			fmt.Fprintf(stderr, "cellgen: %s is left over from another cell or package; delete it if nothing needs it\n", orphan)
		}
		return nil
	}
}

// spec reads the SPEC, or makes one from flags, and sets the default folder.
func (g *generateFlags) spec(flags *flag.FlagSet, args []string) (gen.Source, error) {
	given := func(name string) bool { return isSet(flags, name) }
	if given("o") && g.dir == "" {
		return nil, usagef("generate: -o is empty")
	}
	if len(args) == 0 && (given("name") || given("tokens")) {
		if !given("name") || !given("tokens") {
			return nil, usagef("generate: -name and -tokens go together")
		}
		if !given("o") {
			g.dir = "."
		}
		spec, err := cell.NewSpec(g.name, g.tokens, g.pkg)
		if err != nil {
			return nil, err
		}
		return spec, nil
	}
	if len(args) == 0 {
		return nil, usagef("generate: want a SPEC, or -name and -tokens")
	}
	if given("name") || given("tokens") {
		return nil, usagef("generate: want a SPEC or -name and -tokens, not both")
	}
	spec, err := readSpec("generate", args)
	if err != nil {
		return nil, err
	}
	if !given("o") {
		g.dir = filepath.Dir(args[0])
	}
	var errs front.Errors
	if given("package") {
		errs.Check(front.Start("-package"), front.CheckPackage(g.pkg))
	}
	return spec, errs.OrNil()
}
