//go:build amd64 && !amd64.v3

// Elsewhere Go may fuse products with sums: other bits.

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/interp"
	cellruntime "github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
)

const bitsFile = "testdata/bits.txt"

// bitsCell is a line of the file: a hash of the bits that each variant computes, and
// the cell, its sizes and seed, as -cell of TestRandomCells has them.
type bitsCell struct {
	hashes []string
	*failure
}

// TestBits holds the bits of cells' outputs and gradients to what they were, on
// every backend and set of vectors, and interpreted in float32. The cells are
// those of the file, whatever cell.Random draws by now; -record keeps them.
func TestBits(t *testing.T) {
	head, variants, cells := readBits(t)
	if testing.Short() && !*record {
		cells = cells[:10]
	}
	compared, wrong := make(map[string]bool), make(map[string][]string)
	bitsOfVariants(t, cells, func(variant string, cell int, out *interp.Outputs) {
		column := slices.Index(variants, variant)
		if column < 0 {
			return // OpenBLAS promises no bits
		}
		compared[variant] = true
		recorded, hash := &cells[cell].hashes[column], bitsOf(out)
		if *record {
			*recorded = hash
		} else if hash != *recorded {
			wrong[variant] = append(wrong[variant], fmt.Sprintf("%s, was %s, with %s", hash, *recorded, cells[cell].failure))
		}
	})
	for variant, cells := range wrong {
		t.Errorf("%s: %d cells have other bits; the first has %s", variant, len(cells), cells[0])
	}
	var missing []string
	for _, variant := range variants {
		if !compared[variant] {
			missing = append(missing, variant)
		}
	}
	switch {
	case len(compared) == 0 || *record && missing != nil:
		t.Fatalf("this machine does not compute %s", strings.Join(missing, ", "))
	case missing != nil:
		t.Logf("left out, for this machine does not compute them: %s", strings.Join(missing, ", "))
	case *record:
		writeBits(t, head, cells)
	}
}

// bitsOfVariants runs the cells on every backend and set of vectors, generated and
// interpreted.
func bitsOfVariants(t *testing.T, cells []bitsCell, each func(variant string, cell int, out *interp.Outputs)) {
	defer func() {
		if err := useVariant(os.Getenv("CELLGEN_BACKEND"), os.Getenv("CELLGEN_VECTORS")); err != nil {
			t.Fatal(err)
		}
	}()
	packages := make(map[string][]gen.File)
	for i, c := range cells {
		c.spec.Name, c.spec.Package = fmt.Sprintf("Bits%d", i), fmt.Sprintf("bits%d", i)
		files, err := gen.Compile(c.spec, nil).Generate()
		if err != nil {
			t.Fatal(err)
		}
		packages[c.spec.Name] = files
	}
	built, err := startCells(t.Context(), packages, "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := built.close(); err != nil {
			t.Error(err)
		}
	}()
	for _, backend := range cellruntime.Backends() {
		running := &generatedCells{program: &program{}}
		if err := running.start(t.Context(), built.path, backend); err != nil {
			t.Fatal(err)
		}
		if err := useVariant(backend, ""); err != nil {
			t.Fatal(err)
		}
		for i, c := range cells {
			in := bitsInputs(c.failure)
			generated, err := running.run(c.spec.Name, "", in)
			if err != nil {
				t.Fatalf("%s, %v: %v", backend, c.failure, err)
			}
			for _, v := range generated {
				each(backend+"/"+v.vectors, i, v.out)
			}
			out, err := interpreted(c.spec, in, kernel.Functions())
			if err != nil {
				t.Fatalf("%s, %s, %v: %v", interpreter, backend, c.failure, err)
			}
			each(backend+"/"+interpreter, i, out)
		}
		if err := running.close(); err != nil {
			t.Error(err)
		}
	}
}

func useVariant(backend, vectors string) error {
	if err := cellruntime.UseBackend(backend); err != nil {
		return err
	}
	return cellruntime.UseVectors(vectors)
}

// bitsInputs draws the inputs of a cell: uniform in ±1, weights so scaled that sums
// are of the size of what they sum. It must stay as it is: the hashes depend on it.
func bitsInputs(c *failure) *interp.Inputs {
	r := rand.New(rand.NewPCG(c.seed, 2017))
	in := interp.NewInputs(c.spec.Lower(), c.Size)
	for i, a := range in.Arrays {
		size := 1.0
		if a.Role == interp.W || a.Role == interp.U {
			size = 1 / math.Sqrt(float64(a.Shape[0]))
		}
		x := make([]float64, a.Len())
		for j := range x {
			x[j] = float64(float32(size * (2*r.Float64() - 1)))
		}
		in.Arrays[i].Data = x
	}
	return in
}

// bitsOf hashes the names, lengths and bits of all arrays.
func bitsOf(out *interp.Outputs) string {
	hash := sha256.New()
	for _, a := range out.All() {
		fmt.Fprintln(hash, strings.TrimSuffix(a.Name, "_kernel"), len(a.Data)) // drecurrent is what it was when recorded
		for _, v := range a.Data {
			var bits [4]byte
			binary.LittleEndian.PutUint32(bits[:], math.Float32bits(float32(v)))
			hash.Write(bits[:])
		}
	}
	return fmt.Sprintf("%x", hash.Sum(nil)[:4])
}

// readBits reads the file: lines of a remark, then one that names the variants,
// then the cells, each after its hashes.
func readBits(t *testing.T) (head string, variants []string, cells []bitsCell) {
	t.Helper()
	data, err := os.ReadFile(bitsFile)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		switch words := strings.Fields(line); {
		case strings.HasPrefix(line, "#"):
			head += line
		case variants == nil:
			head, variants = head+line, words
		default:
			c, err := parseFailure(strings.Join(words[len(variants):], " "))
			if err != nil {
				t.Fatal(err)
			}
			cells = append(cells, bitsCell{words[:len(variants)], c})
		}
	}
	return head, variants, cells
}

func writeBits(t *testing.T, head string, cells []bitsCell) {
	t.Helper()
	var out bytes.Buffer
	out.WriteString(head)
	for _, c := range cells {
		fmt.Fprintln(&out, strings.Join(c.hashes, " "), c.failure)
	}
	if err := os.WriteFile(bitsFile, out.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}
