package safetensors

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/runtime/internal/format"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// maxHeader bounds a header, in bytes, without the length in front of it.
const maxHeader = 100_000_000

// metadataKey is the key, in a header, of what is not a tensor.
const metadataKey = "__metadata__"

// dtype is a type of numbers.
type dtype struct {
	bits   int
	number *format.Number // nil if it cannot be read as float32
}

var dtypes = map[string]dtype{
	"F64": {64, format.F64}, "F32": {32, format.F32}, "F16": {16, format.F16}, "BF16": {16, format.BF16},
	"F8_E5M2": {8, nil}, "F8_E4M3": {8, nil}, "F8_E8M0": {8, nil}, "F8_E5M2FNUZ": {8, nil}, "F8_E4M3FNUZ": {8, nil},
	"F6_E2M3": {6, nil}, "F6_E3M2": {6, nil}, "F4": {4, nil}, "C64": {64, nil}, "BOOL": {8, nil},
	"I64": {64, nil}, "I32": {32, nil}, "I16": {16, nil}, "I8": {8, nil},
	"U64": {64, nil}, "U32": {32, nil}, "U16": {16, nil}, "U8": {8, nil},
}

// entry is what a header says of a tensor.
type entry struct {
	tensor.Info
	dtype
	count, begin, end int // values; bytes, from the beginning of the data
}

// header is what a header says.
type header struct {
	entries  []*entry // in the order of their data
	index    map[string]int
	metadata map[string]string
}

// readHeader reads the text of a header.
func readHeader(text string) (*header, error) {
	s := &scanner{format.Scanner{Text: text, Base: lengthSize}, maxEscaped}
	h := &header{index: make(map[string]int)}
	if !strings.HasPrefix(text, "{") {
		s.Fail("want {")
	}
	s.object(func(name string) {
		switch {
		case name != metadataKey:
			distinct(s, h.index, name)
			h.index[name] = 0
			h.entries = append(h.entries, s.entry(name))
		case h.metadata == nil:
			h.metadata = s.metadata()
		default:
			s.Fail("%q is there twice", name)
		}
	})
	s.End()
	if s.Err != nil {
		return nil, s.Err
	}
	slices.SortStableFunc(h.entries, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	for i, e := range h.entries {
		h.index[e.Name] = i
	}
	return h, h.checkTiles()
}

// checkTiles returns an error unless each tensor begins where the one before it ends.
func (h *header) checkTiles() error {
	end := 0
	for i, e := range h.entries {
		if e.begin != end {
			before := "the data begin"
			if i > 0 {
				before = fmt.Sprintf("tensor %q ends", h.entries[i-1].Name)
			}
			return fmt.Errorf("tensor %q begins at byte %d of the data, want %d, where %s", e.Name, e.begin, end, before)
		}
		end = e.end
	}
	return nil
}

// size returns the size of the data in bytes.
func (h *header) size() int {
	if len(h.entries) == 0 {
		return 0
	}
	return h.entries[len(h.entries)-1].end
}

// distinct adds a mistake if a key is there twice, or if there are too many.
func distinct[V any](s *scanner, before map[string]V, key string) {
	if _, twice := before[key]; twice {
		s.Fail("%q is there twice", key)
	} else if len(before) == tensor.MaxTensors {
		s.Fail("more than %d keys", tensor.MaxTensors)
	}
}

func (s *scanner) metadata() map[string]string {
	texts := make(map[string]string)
	s.object(func(key string) {
		distinct(s, texts, key)
		texts[key] = s.string()
	})
	return texts
}

// entry reads what the header says of one tensor.
func (s *scanner) entry(name string) *entry {
	at := s.At
	e := &entry{Info: tensor.Info{Name: name}}
	keys := [...]string{"dtype", "shape", "data_offsets"}
	missing := keys[:]
	s.object(func(key string) {
		i := slices.Index(missing, key)
		if i < 0 {
			s.Fail("tensor %q: the key %q is unknown, or there twice", name, key)
			return
		}
		missing = slices.Delete(missing, i, i+1)
		switch key {
		case "dtype":
			e.DType = s.string()
		case "shape":
			e.Shape = s.integers(tensor.MaxRank)
		case "data_offsets":
			e.setOffsets(s)
		}
	})
	if len(missing) > 0 {
		s.FailAt(at, "tensor %q has no %s", name, missing[0])
	}
	if s.Err == nil {
		if err := e.check(); err != nil {
			s.FailAt(at, "tensor %q: %w", name, err)
		}
	}
	return e
}

func (e *entry) setOffsets(s *scanner) {
	offsets := s.integers(2)
	if s.Err == nil && len(offsets) != 2 {
		s.Fail("data_offsets are %v, want two", offsets)
	}
	if s.Err == nil {
		e.begin, e.end = offsets[0], offsets[1]
	}
}

// check checks the type, and that the shape's numbers take as many bytes as the tensor has.
func (e *entry) check() error {
	var known bool
	if e.dtype, known = dtypes[e.DType]; !known {
		return fmt.Errorf("dtype %q is unknown", e.DType)
	}
	var err error
	if e.count, err = tensor.Count(e.Shape); err != nil {
		return err
	}
	if e.count > math.MaxInt/e.bits || e.count*e.bits%8 != 0 {
		return fmt.Errorf("%d numbers of %d bits are not whole bytes, or too many", e.count, e.bits)
	}
	if want := e.count * e.bits / 8; e.begin > e.end || e.end-e.begin != want {
		return fmt.Errorf("data_offsets are [%d, %d], want %d bytes for shape %v of %s", e.begin, e.end, want, e.Shape, e.DType)
	}
	return nil
}
