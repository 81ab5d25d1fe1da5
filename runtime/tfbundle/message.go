package tfbundle

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/format"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// header is a BundleHeaderProto.
type header struct {
	shards    int
	bigEndian bool
}

// entry is a BundleEntryProto, and the key that it has.
type entry struct {
	key string
	tensor.Info
	number       *format.Number // nil if it cannot be read as float32
	count        int            // values
	shard        int
	offset, size int64
	checksum     uint32
	sliced       bool
}

// dtypes are TensorFlow's, by number: the name, and how it is read.
var dtypes = map[uint64]struct {
	name   string
	number *format.Number
}{
	1: {"DT_FLOAT", format.F32}, 2: {"DT_DOUBLE", format.F64}, 14: {"DT_BFLOAT16", format.BF16}, 19: {"DT_HALF", format.F16},
	3: {"DT_INT32", nil}, 4: {"DT_UINT8", nil}, 5: {"DT_INT16", nil}, 6: {"DT_INT8", nil}, 9: {"DT_INT64", nil}, 10: {"DT_BOOL", nil},
	17: {"DT_UINT16", nil}, 22: {"DT_UINT32", nil}, 23: {"DT_UINT64", nil}, 29: {"DT_INT4", nil}, 30: {"DT_UINT4", nil},
	7: {"DT_STRING", nil}, 8: {"DT_COMPLEX64", nil}, 18: {"DT_COMPLEX128", nil}, 20: {"DT_RESOURCE", nil}, 21: {"DT_VARIANT", nil},
	11: {"DT_QINT8", nil}, 12: {"DT_QUINT8", nil}, 13: {"DT_QINT32", nil}, 15: {"DT_QINT16", nil}, 16: {"DT_QUINT16", nil},
	24: {"DT_FLOAT8_E5M2", nil}, 25: {"DT_FLOAT8_E4M3FN", nil},
}

// version is what this package understands.
const version = 1

func readHeader(message []byte) (h header, err error) {
	err = eachField(message, func(f field) error {
		switch f.tag {
		case 1<<3 | varintType:
			if f.integer > math.MaxInt32 {
				return fmt.Errorf("%d shards", int32(f.integer))
			}
			h.shards = int(f.integer)
		case 2<<3 | varintType:
			if f.integer > 1 {
				return fmt.Errorf("endianness %d, want 0 or 1", f.integer)
			}
			h.bigEndian = f.integer == 1
		case 3<<3 | bytesType:
			return checkVersion(f.bytes)
		}
		return nil
	})
	if err == nil && h.shards == 0 {
		err = errors.New("it does not say how many shards there are")
	}
	return h, err
}

// checkVersion checks a VersionDef.
func checkVersion(message []byte) error {
	return eachField(message, func(f field) error {
		if f.tag == 2<<3|varintType && f.integer > version {
			return fmt.Errorf("it wants a reader of version %d, this is %d", f.integer, version)
		}
		return nil
	})
}

func readEntry(key string, message []byte) (*entry, error) {
	e := &entry{key: key, Info: tensor.Info{Name: key, DType: "DT_INVALID"}}
	err := eachField(message, func(f field) (err error) {
		switch f.tag {
		case 1<<3 | varintType:
			dtype, known := dtypes[f.integer]
			if e.DType, e.number = dtype.name, dtype.number; !known {
				e.DType = fmt.Sprint("DT_", f.integer)
			}
		case 2<<3 | bytesType:
			e.Shape, err = readShape(f.bytes)
		case 3<<3 | varintType:
			e.shard = int(min(f.integer, math.MaxInt32)) // more shards than there are
		case 4<<3 | varintType:
			e.offset = int64(f.integer)
		case 5<<3 | varintType:
			e.size = int64(f.integer)
		case 6<<3 | fixed32Type:
			e.checksum = uint32(f.integer)
		case 7<<3 | bytesType:
			e.sliced = true
		}
		return err
	})
	if err == nil {
		err = e.check()
	}
	return e, err
}

// check checks that a tensor that can be read has as many bytes as its shape says.
func (e *entry) check() (err error) {
	if e.count, err = tensor.Count(e.Shape); err != nil || e.number == nil || e.sliced {
		return err
	}
	if want := int64(e.count) * int64(e.number.Size); e.offset < 0 || e.size != want {
		return fmt.Errorf("%d bytes at %d of its shard, want %d for shape %v of %s", e.size, e.offset, want, e.Shape, e.DType)
	}
	return nil
}

// readShape reads a TensorShapeProto.
func readShape(message []byte) ([]int, error) {
	var room [tensor.MaxRank]int
	shape := room[:0]
	err := eachField(message, func(f field) error {
		switch {
		case f.tag == 3<<3|varintType && f.integer != 0:
			return errors.New("the rank is unknown")
		case f.tag != 2<<3|bytesType:
			return nil
		case len(shape) == tensor.MaxRank:
			return fmt.Errorf("more than %d dimensions", tensor.MaxRank)
		}
		size, err := readDim(f.bytes)
		shape = append(shape, size)
		return err
	})
	return slices.Clone(shape), err
}

// readDim reads a dimension of a TensorShapeProto.
func readDim(message []byte) (size int, err error) {
	err = eachField(message, func(f field) error {
		if f.tag == 1<<3|varintType {
			if f.integer > math.MaxInt {
				return fmt.Errorf("a dimension of %d", int64(f.integer))
			}
			size = int(f.integer)
		}
		return nil
	})
	return size, err
}
