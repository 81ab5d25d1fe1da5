package wire

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
)

// Array is an array's name and shape; the values are float32, row-major.
type Array struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
}

// Len returns the number of values.
func (a Array) Len() int {
	n := 1
	for _, size := range a.Shape {
		n *= size
	}
	return n
}

// Write writes arrays to a file: a line of JSON that lists them, then their values, one array
// after the other, little-endian. An array whose values do not fit its shape is an error.
func Write(file string, arrays []Array, values map[string][]float32) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	w := bufio.NewWriter(f)
	if err := json.NewEncoder(w).Encode(arrays); err != nil {
		return err
	}
	for _, a := range arrays {
		if len(values[a.Name]) != a.Len() {
			return fmt.Errorf("%s has %d values, want %d for shape %v", a.Name, len(values[a.Name]), a.Len(), a.Shape)
		}
		if err := binary.Write(w, binary.LittleEndian, values[a.Name]); err != nil {
			return err
		}
	}
	return w.Flush()
}

// writeMap writes arrays as flat arrays, without their shapes.
func writeMap(file string, values map[string][]float32) error {
	var arrays []Array
	for name, v := range values {
		arrays = append(arrays, Array{name, []int{len(v)}})
	}
	slices.SortFunc(arrays, func(a, b Array) int { return slices.Compare([]byte(a.Name), []byte(b.Name)) })
	return Write(file, arrays, values)
}

// Read reads a file that Write has written. A file that is too short or too long is an error.
func Read(file string) (map[string][]float32, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReader(f)
	line, err := r.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("reading the list of arrays: %w", err)
	}
	var arrays []Array
	if err := json.Unmarshal(line, &arrays); err != nil {
		return nil, fmt.Errorf("reading the list of arrays: %w", err)
	}
	values := make(map[string][]float32, len(arrays))
	for _, a := range arrays {
		v := make([]float32, a.Len())
		if err := binary.Read(r, binary.LittleEndian, v); err != nil {
			return nil, fmt.Errorf("reading %s: %w", a.Name, err)
		}
		values[a.Name] = v
	}
	if _, err := r.ReadByte(); err != io.EOF {
		return nil, fmt.Errorf("values after the last array of %s", file)
	}
	return values, nil
}
