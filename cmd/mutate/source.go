package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// declaration is a function, method, type, variable or constant of a package, in whatever
// file.
type declaration struct {
	name   string // with its package's, such as runtime.Layer.Forward
	file   string
	src    []byte // of the file
	offset int    // of the declaration, after its comment
	length int
}

// text returns the declaration's source.
func (d *declaration) text() string { return string(d.src[d.offset:][:d.length]) }

// replace returns the file's source with one text of the declaration replaced.
func (d *declaration) replace(old, text string) []byte {
	before, after := d.src[:d.offset], d.src[d.offset+d.length:]
	return []byte(string(before) + strings.Replace(d.text(), old, text, 1) + string(after))
}

// declarations are a module's declarations, by name, with and without the package's.
type declarations map[string][]*declaration

// find returns the declaration with the name that contains the text. It is an error unless
// exactly one does, exactly once.
func (ds declarations) find(name, text string) (found *declaration, err error) {
	total := 0
	for _, d := range ds[name] {
		if n := strings.Count(d.text(), text); n > 0 {
			found = d
			total += n
		}
	}
	if total == 1 {
		return found, nil
	}
	return nil, fmt.Errorf("%d declarations with that name have this text %d times; want once:\n%s%s", len(ds[name]), total, text, ds.holders(text))
}

// holders says which declarations contain a text: a declaration that was renamed is among
// them.
func (ds declarations) holders(text string) string {
	var lines []string
	for name, same := range ds {
		for _, d := range same {
			if n := strings.Count(d.text(), text); n > 0 && name == d.name {
				lines = append(lines, fmt.Sprintf("\n%d times in %s, %s", n, name, d.file))
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// readDeclarations reads the Go files of the module in a folder, and of modules below it that its
// workspace uses, except tests and generated files.
func readDeclarations(root string) (declarations, error) {
	ds := make(declarations)
	used, err := workspace(root)
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			if path != root && (err == nil && !slices.Contains(used, path) || name == "testdata" || strings.HasPrefix(name, ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		return ds.read(path)
	})
	return ds, err
}

// workspace returns the folders of the modules that a folder's go.work uses, if it has one.
func workspace(root string) (folders []string, err error) {
	file := filepath.Join(root, "go.work")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	work, err := modfile.ParseWork(file, text, nil)
	if err != nil {
		return nil, err
	}
	for _, use := range work.Use {
		folders = append(folders, filepath.Join(root, filepath.FromSlash(use.Path)))
	}
	return folders, nil
}

func (ds declarations) read(path string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, path, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil || ast.IsGenerated(f) {
		return err
	}
	add := func(name string, n ast.Node) {
		offset := files.File(f.FileStart).Offset(n.Pos())
		d := &declaration{f.Name.Name + "." + name, path, src, offset, int(n.End() - n.Pos())}
		ds[name] = append(ds[name], d)
		ds[d.name] = append(ds[d.name], d)
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			add(receiver(d)+d.Name.Name, d)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					add(s.Name.Name, s)
				case *ast.ValueSpec:
					for _, name := range s.Names {
						add(name.Name, s)
					}
				}
			}
		}
	}
	return nil
}

// receiver returns a method's receiver type and a dot, or "" for a function.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	name := ""
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" { // the first: what follows are its parameters
			name = id.Name
		}
		return name == ""
	})
	return name + "."
}
