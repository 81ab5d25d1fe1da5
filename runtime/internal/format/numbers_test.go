package format

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"testing"
)

// TestNumbers reads numbers with a bit for each rule.
func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		name   string
		number *Number
		bits   uint64
		want   uint32
	}{
		{"F16 1", F16, 0x3c00, 0x3f800000},
		{"F16 -0", F16, 0x8000, 0x80000000},
		{"F16 smallest", F16, 0x0001, 0x33800000},
		{"F16 largest denormal", F16, 0x03ff, 0x387fc000},
		{"F16 largest", F16, 0x7bff, 0x477fe000},
		{"F16 -Inf", F16, 0xfc00, 0xff800000},
		{"F16 NaN 5", F16, 0x7e05, 0x7fc0a000},
		{"BF16 1", BF16, 0x3f80, 0x3f800000},
		{"BF16 smallest", BF16, 0x0001, 0x00010000},
		{"BF16 signalling NaN", BF16, 0x7f81, 0x7f810000},
		{"F32 smallest", F32, 1, 1},
		{"F32 signalling NaN", F32, 0xff800001, 0xff800001},
		{"F64 1", F64, math.Float64bits(1), 0x3f800000},
		{"F64 -0", F64, math.Float64bits(math.Copysign(0, -1)), 0x80000000},
		{"F64 ties to even, down", F64, math.Float64bits(1 + 0x1p-24), 0x3f800000},
		{"F64 ties to even, up", F64, math.Float64bits(1 + 3*0x1p-24), 0x3f800002},
		{"F64 above a tie", F64, math.Float64bits(1 + 0x1p-24 + 0x1p-52), 0x3f800001},
		{"F64 denormal", F64, math.Float64bits(0x1p-149), 1},
		{"F64 too small", F64, math.Float64bits(0x1p-151), 0},
		{"F64 too large", F64, math.Float64bits(1e39), 0x7f800000},
		{"F64 quiet NaN", F64, 0x7ff8000000000000, 0x7fc00000},
	} {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			data := make([]byte, 8)
			order.PutUint64(data, c.bits)
			if order == binary.BigEndian {
				data = data[8-c.number.Size:]
			}
			var got [1]float32
			if err := NewReader(bytes.NewReader(data), c.number, order).Read(got[:]); err != nil || math.Float32bits(got[0]) != c.want {
				t.Errorf("%s, %v: %x, %v, want %x", c.name, order, math.Float32bits(got[0]), err, c.want)
			}
		}
	}
}

// TestLengths writes and reads arrays around the size of a chunk, whole and cut.
func TestLengths(t *testing.T) {
	for _, n := range []int{0, 1, chunk/4 - 1, chunk / 4, chunk/4 + 1, chunk + 3} {
		values := make([]float32, n)
		for i := range values {
			values[i] = math.Float32frombits(uint32(i) * 0x9e3779b9) // NaN among them
		}
		var file bytes.Buffer
		if err := Write(&file, values); err != nil || file.Len() != 4*n {
			t.Fatalf("%d values take %d bytes, %v", n, file.Len(), err)
		}
		data := file.Bytes()
		got := make([]float32, n)
		if err := NewReader(bytes.NewReader(data), F32, binary.LittleEndian).Read(got); err != nil {
			t.Error(err)
		}
		for i := range got {
			if math.Float32bits(got[i]) != math.Float32bits(values[i]) {
				t.Fatalf("value %d of %d is %v, was %v", i, n, got[i], values[i])
			}
		}
		for _, cut := range []int{1, 4} {
			if n > 0 {
				err := NewReader(bytes.NewReader(data[:4*n-cut]), F32, binary.LittleEndian).Read(got)
				if !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("%d values without the last %d bytes: %v", n, cut, err)
				}
			}
		}
	}
}
