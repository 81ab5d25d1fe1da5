package amd64

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/cpu"
)

// runs reports whether this machine runs programs for amd64 with the instructions.
func runs(v *Vector) bool {
	x := cpu.X86
	if runtime.GOARCH != "amd64" {
		return false
	}
	if v.Name == "AVX512" {
		return x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512BW && x.HasAVX512VL && x.HasBMI2
	}
	return x.HasAVX2 && x.HasFMA
}

// program calls functions of a file, each on n values of four operands.
type program struct {
	*File
	n     int
	names []string
	calls bytes.Buffer
	input bytes.Buffer
}

func (p *program) call(name string, lanes int, x [4][]float32) {
	p.names = append(p.names, name)
	fmt.Fprintf(&p.calls, "\tcall(%s, %d)\n", name, lanes)
	for i := range x {
		check(binary.Write(&p.input, binary.LittleEndian, x[i]))
	}
}

const mainFile = `package main

import (
	"encoding/binary"
	"os"
)

func call(f func(y, z, x0, x1, x2, x3 *float32), lanes int) {
	var x [4][n]float32
	var y, z [n]float32
	check(binary.Read(os.Stdin, binary.LittleEndian, &x))
	for i := 0; i < n; i += lanes {
		f(&y[i], &z[i], &x[0][i], &x[1][i], &x[2][i], &x[3][i])
	}
	check(binary.Write(os.Stdout, binary.LittleEndian, y))
	check(binary.Write(os.Stdout, binary.LittleEndian, z))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

const n = %d

func main() {
%s}
`

// run assembles, builds and runs the program in a module of its own, and returns
// both results of each function, one after the other.
func (p *program) run(t *testing.T) [][]float32 {
	assembly, stubs, err := p.Print("main")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.names) == 0 {
		return nil // this processor has none of the instruction sets
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module probe\n\ngo 1.26\n", "main.go": fmt.Sprintf(mainFile, p.n, &p.calls),
		"probe_amd64.s": string(assembly), "probe_amd64.go": string(stubs),
	} {
		check(os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
	}
	for _, args := range [][]string{{"vet", "."}, {"build", "-o", "probe", "."}} {
		command := exec.Command("go", args...)
		command.Dir = dir
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", args[0], err, out)
		}
	}
	command := exec.Command(filepath.Join(dir, "probe"))
	command.Stdin, command.Stderr = &p.input, os.Stderr
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	results := make([][]float32, len(p.names))
	for i := range results {
		results[i] = make([]float32, 2*p.n)
		check(binary.Read(bytes.NewReader(output[8*p.n*i:]), binary.LittleEndian, results[i]))
	}
	return results
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
