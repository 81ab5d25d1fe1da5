package tfbundle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/golang/snappy"

	"github.com/cellgen/cellgen/runtime/internal/format"
)

// An index is a table of LevelDB's: blocks of sorted keys and values, a block that says where
// these are, and a footer.
const (
	magic       = 0xdb4775248b80fb57 // at the end of the footer
	footerSize  = 48
	trailerSize = 5 // after a block: how it is compressed, and a checksum
	plainBlock  = 0
	snappyBlock = 1

	// maxUnpacked bounds what compressed blocks contain, in bytes.
	maxUnpacked = 16 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked returns a checksum as tables and bundles have it.
func masked(crc uint32) uint32 { return (crc>>15 | crc<<17) + 0xa282ead8 }

// table is the contents of an index.
type table struct {
	data []byte
	room int // for what is unpacked
	end  int // of the last data block that was read
	any  bool
	last []byte // key, if there was any
}

// readTable calls do with all keys and values. The key is valid until do returns.
func readTable(data []byte, do func(key, value []byte) error) error {
	if len(data) < footerSize || binary.LittleEndian.Uint64(data[len(data)-8:]) != magic {
		return format.Truncated("byte %d: the file does not end as a table does", len(data))
	}
	begin := len(data) - footerSize
	t := &table{data: data[:begin], room: maxUnpacked}
	footer := data[begin : len(data)-8]
	var index handle
	_, rest, err := readHandle(footer) // of a block that is empty
	if err == nil {
		index, _, err = readHandle(rest)
	}
	if err != nil {
		return fmt.Errorf("the footer, at byte %d: %w", begin, err)
	}
	block, err := t.block(index)
	if err != nil {
		return err
	}
	return eachEntry(block, func(_, value []byte) error {
		h, _, err := readHandle(value)
		if err != nil {
			return err
		}
		return t.eachOf(h, do)
	})
}

// eachOf calls do with the keys and values of a data block, which must follow the others.
func (t *table) eachOf(h handle, do func(key, value []byte) error) error {
	if h.begin < t.end {
		return fmt.Errorf("the block at byte %d overlaps the one before it, which ends at %d", h.begin, t.end)
	}
	block, err := t.block(h)
	if err != nil {
		return err
	}
	t.end = h.begin + h.size
	return eachEntry(block, func(key, value []byte) error {
		if t.any && bytes.Compare(t.last, key) >= 0 {
			return fmt.Errorf("key %q is not after the key %q", key, t.last)
		}
		t.any, t.last = true, append(t.last[:0], key...)
		return do(key, value)
	})
}

// handle is where a block is.
type handle struct{ begin, size int }

func readHandle(b []byte) (h handle, rest []byte, err error) {
	for _, to := range []*int{&h.begin, &h.size} {
		if *to, b, err = integer(b); err != nil {
			return h, nil, err
		}
	}
	return h, b, nil
}

// integer reads an integer of a variable number of bytes.
func integer(b []byte) (v int, rest []byte, err error) {
	n, length := binary.Uvarint(b)
	if length <= 0 || n > 1<<31-1 {
		return 0, nil, errors.New("a number of wrong length, or too large")
	}
	return int(n), b[length:], nil
}

// block returns the contents of a block.
func (t *table) block(h handle) ([]byte, error) {
	if h.begin > len(t.data) || h.size > len(t.data)-h.begin-trailerSize {
		return nil, fmt.Errorf("the block at byte %d, of %d bytes, is not before the footer", h.begin, h.size)
	}
	block := t.data[h.begin:][: h.size+trailerSize : h.size+trailerSize]
	end := h.size + 1 // of what the checksum is of
	if masked(crc32.Checksum(block[:end], castagnoli)) != binary.LittleEndian.Uint32(block[end:]) {
		return nil, fmt.Errorf("the block at byte %d: the checksum is wrong", h.begin)
	}
	contents := block[:h.size]
	switch compression := block[h.size]; compression {
	case plainBlock:
		return contents, nil
	case snappyBlock:
		n, err := snappy.DecodedLen(contents)
		if err == nil && n > t.room {
			err = fmt.Errorf("compressed blocks contain more than %d bytes", maxUnpacked)
		}
		if err == nil {
			t.room -= n
			contents, err = snappy.Decode(nil, contents)
		}
		if err != nil {
			return nil, fmt.Errorf("the block at byte %d: %w", h.begin, err)
		}
		return contents, nil
	default:
		return nil, fmt.Errorf("the block at byte %d: compression %d, want 0 or 1, snappy", h.begin, compression)
	}
}

// eachEntry calls do with the keys and values of a block. A key begins as the one before it
// does, as far as the block says.
func eachEntry(block []byte, do func(key, value []byte) error) error {
	if len(block) < 4 {
		return errors.New("a block has no restarts")
	}
	// What follows the entries, where keys are whole, is for searching.
	restarts := binary.LittleEndian.Uint32(block[len(block)-4:])
	if uint64(restarts) > uint64(len(block)-4)/4 {
		return fmt.Errorf("a block of %d bytes has %d restarts", len(block), restarts)
	}
	block = block[:len(block)-4-4*int(restarts)]
	var key []byte
	for len(block) > 0 {
		var sizes [3]int // of the key that is shared, of the rest of the key, of the value
		var err error
		for i := range sizes {
			if sizes[i], block, err = integer(block); err != nil {
				return err
			}
		}
		shared, own, value := sizes[0], sizes[1], sizes[2]
		if shared > len(key) || own > len(block) || value > len(block)-own {
			return fmt.Errorf("an entry of %d + %d + %d bytes, after a key of %d, where %d are left", shared, own, value, len(key), len(block))
		}
		key = append(key[:shared], block[:own]...)
		if err := do(key, block[own:][:value]); err != nil {
			return err
		}
		block = block[own+value:]
	}
	return nil
}
