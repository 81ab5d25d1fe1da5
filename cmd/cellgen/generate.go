package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/front"
)

// generateFlags are the flags of generate.
type generateFlags struct {
	flags        *flag.FlagSet
	source       *specFlags
	pkg, dir     string
	check, force bool
}

func generate(flags *flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	g := generateFlags{flags: flags, source: newSpecFlags(flags)}
	flags.StringVar(&g.pkg, "package", "", "`name` of the package (default: the spec's package, $GOPACKAGE, the package of the folder's files, or the cell's name in lower case)")
	flags.StringVar(&g.dir, "o", "", "`folder` to write to, made if missing (default: the SPEC's folder, or the current one)")
	flags.BoolVar(&g.check, "check", false, "write nothing; print a diff and exit with 1 if the files are not up to date")
	flags.BoolVar(&g.force, "force", false, "overwrite files even if cellgen did not generate them, or generated them for another cell")
	dump := dumpFlag(flags)
	return func(args []string, stdout, stderr io.Writer) error {
		watch, err := dump(printer(stdout))
		if err == nil {
			err = g.validate(args)
		}
		if err != nil {
			return err
		}
		spec, err := g.source.read(args, g.pkg)
		if err == nil && isSet(flags, "package") {
			err = checkPackage("-package", g.pkg)
		}
		if err == nil {
			err = spec.warn(stderr)
		}
		if err != nil {
			return err
		}
		if info, err := os.Stat(g.dir); err == nil && !info.IsDir() {
			return fmt.Errorf("%s: not a folder", front.Plain(g.dir))
		}
		out := output{dir: g.dir}
		p := gen.Compile(spec, watch)
		if p.Package, err = out.packageOf(p, g.pkg, spec.Head().Package); err != nil {
			return err
		}
		if out.files, err = p.Generate(); err != nil {
			return fmt.Errorf("generating %s: %w", p.Name, err)
		}
		if g.check {
			return out.check(stdout)
		}
		return out.write(g.force, stderr)
	}
}

// validate checks the arguments, and sets the default folder.
func (g *generateFlags) validate(args []string) error {
	if err := g.source.validate(args); err != nil {
		return err
	}
	dir, ok := g.source.folder(args)
	switch {
	case !isSet(g.flags, "o") && !ok:
		return usagef("generate: %s is not a file in a folder; say with -o where to write", front.Plain(args[0]))
	case !isSet(g.flags, "o"):
		g.dir = dir
	case g.dir == "":
		return usagef("generate: -o is empty")
	case g.dir == standard:
		return usagef("generate: -o - would be standard output, and a package is several files; for a folder of that name, -o ./-")
	}
	return nil
}

// checkPackage returns an error, at the beginning of what the name comes from, if it is not
// one for a package.
func checkPackage(from, name string) error {
	var errs front.Errors
	errs.Check(front.Start(from), front.CheckPackage(name))
	return errs.OrNil()
}
