package main

// commandFaults are in what the command may write, and in what it prints.
var commandFaults = []fault{
	{
		"vectors at start are not checked", "atStart",
		`choose("", vectors)`,
		`choose("", "")`,
	},
	{
		"a backend is taken for the vectors asked for", "UseBackend",
		"unmet.backend = nil",
		"unmet.vectors = nil",
	},
	{
		"a layer computes with the default", "newCore",
		"err := machine.Environment(); err != nil",
		"err := machine.Environment(); err != nil && input < 0",
	},
	{
		"a projection computes with the default", "NewDense",
		"err := machine.Environment()",
		"err := machine.Environment()\n\terr = nil",
	},
	{
		"a file that is open already has a folder", "isInFolder",
		`"/proc/"`,
		`"/prok/"`,
	},
	{
		"the folder of a link's target", "isInFolder",
		"path = target",
		"return true",
	},
	{
		"the environment's package, whatever the folder", "goPackage",
		"!os.SameFile(here, there)",
		"!os.SameFile(here, here) || there == nil",
	},
	{
		"another cell is replaced", "output.lost",
		"name != gen.CellOf(f.Data)",
		"name == gen.CellOf(f.Data)",
	},
	{
		"left-over files are let be", "output.clashes",
		"o.orphans()",
		"o.orphans()[:0]",
	},
	{
		"imports clash with imports", "output.clashes",
		"(declared || !d.imported)",
		"(declared || d.imported)",
	},
	{
		"other systems' files are not seen", "isBuilt",
		"c.GOOS, c.GOARCH, c.CgoEnabled = goos, goarch, true",
		"c.GOOS, c.GOARCH, c.CgoEnabled = c.GOOS, goarch, goos != \"\"",
	},
	{
		"sources of C are let be", "output.clashes",
		"errs = append(errs, o.strangers()...)",
		"_ = o.strangers()",
	},
	{
		"names that differ in case are let be", "output.strangers",
		"strings.EqualFold(f.Name, e.Name())",
		"strings.Contains(f.Name, e.Name())",
	},
	{
		"standard input is read to its end", "read.Input",
		"text, err = All(name, os.Stdin, most)",
		"text, err = All(name, os.Stdin, 1<<30)",
	},
	{
		"external tests declare names of the package", "readNeighbour",
		"if external {",
		"if external && n.cgo {",
	},
	{
		"marks of direction are printed", "plain.escape",
		"!unicode.IsGraphic(r)",
		"unicode.IsControl(r)",
	},
	{
		"broken text is printed", "plain.escape",
		"if broken || r",
		"if r",
	},
}
