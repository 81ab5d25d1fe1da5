package npz

import (
	"errors"
	"fmt"
	"io"

	"github.com/cellgen/cellgen/runtime/internal/format"
)

// read reads the values of an array, and then its end, where the checksum is compared.
func (a *array) read(values []float32) error {
	src, err := a.open()
	if err != nil {
		return err
	}
	defer src.Close()
	if err := format.ReadFull(src, make([]byte, a.size)); err != nil {
		return err
	}
	r := format.NewReader(src, a.number, a.order)
	if a.fortran {
		err = scatter(r, a.Shape, values)
	} else {
		err = r.Read(values)
	}
	if err != nil {
		return fmt.Errorf("the values, which begin at byte %d: %w", a.size, err)
	}
	if n, err := src.Read(make([]byte, 1)); n > 0 || !errors.Is(err, io.EOF) {
		return fmt.Errorf("the end: %w", err)
	}
	return nil
}

// scatter reads values whose first dimension varies fastest.
func scatter(r *format.Reader, shape []int, values []float32) error {
	strides := make([]int, len(shape))
	stride := 1
	for i := len(shape) - 1; i >= 0; i-- {
		strides[i] = stride
		stride *= shape[i]
	}
	index, at := make([]int, len(shape)), 0
	chunk := make([]float32, min(len(values), 4096))
	for left := len(values); left > 0; left -= len(chunk) {
		chunk = chunk[:min(left, len(chunk))]
		if err := r.Read(chunk); err != nil {
			return err
		}
		for _, v := range chunk {
			values[at] = v
			at += next(index, shape, strides)
		}
	}
	return nil
}

// next counts the index up, the first dimension fastest, and returns how far that moves.
func next(index, shape, strides []int) (step int) {
	for i, stride := range strides {
		step += stride
		if index[i]++; index[i] < shape[i] {
			return step
		}
		step -= shape[i] * stride
		index[i] = 0
	}
	return step
}
