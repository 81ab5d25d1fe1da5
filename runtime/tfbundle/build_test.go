package tfbundle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"strings"

	"github.com/golang/snappy"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// builder builds indexes: TensorFlow's are of one block, in a test's size, and compress nothing.
type builder struct {
	perBlock   int // entries
	perRestart int
	compress   bool
}

// usual is how TensorFlow builds small indexes.
var usual = builder{perBlock: 1000, perRestart: 1}

// pair is a key and its value.
type pair struct {
	key   string
	value []byte
}

// index returns a table of pairs, which need not be in order.
func (b builder) index(pairs ...pair) []byte {
	var file []byte
	var blocks []pair
	for len(pairs) > 0 {
		n := min(b.perBlock, len(pairs))
		var h []byte
		file, h = b.block(file, pairs[:n])
		blocks = append(blocks, pair{pairs[n-1].key, h})
		pairs = pairs[n:]
	}
	file, meta := b.block(file, nil)
	file, index := b.block(file, blocks)
	return footed(file, meta, index)
}

// footed adds a footer with handles to a file.
func footed(file []byte, handles ...[]byte) []byte {
	footer := append(bytes.Join(handles, nil), make([]byte, footerSize)...)[:footerSize-8]
	return append(file, binary.LittleEndian.AppendUint64(footer, magic)...)
}

// noBlock is a handle.
var noBlock = []byte{0, 0}

// block adds a block to a file, and returns where it is.
func (b builder) block(file []byte, pairs []pair) (longer, handle []byte) {
	var block, restarts []byte
	last := ""
	for i, p := range pairs {
		shared := 0
		if i%b.perRestart == 0 {
			restarts = binary.LittleEndian.AppendUint32(restarts, uint32(len(block)))
		} else {
			for shared < min(len(last), len(p.key)) && last[shared] == p.key[shared] {
				shared++
			}
		}
		for _, n := range []int{shared, len(p.key) - shared, len(p.value)} {
			block = binary.AppendUvarint(block, uint64(n))
		}
		block = append(append(block, p.key[shared:]...), p.value...)
		last = p.key
	}
	block = binary.LittleEndian.AppendUint32(append(block, restarts...), uint32(len(restarts)/4))
	compression := byte(plainBlock)
	if b.compress {
		block, compression = snappy.Encode(nil, block), snappyBlock
	}
	return trailed(file, block, compression)
}

// trailed adds a block that is encoded.
func trailed(file, block []byte, compression byte) (longer, handle []byte) {
	handle = binary.AppendUvarint(binary.AppendUvarint(nil, uint64(len(file))), uint64(len(block)))
	block = append(bytes.Clone(block), compression)
	sum := masked(crc32.Checksum(block, castagnoli))
	return append(file, binary.LittleEndian.AppendUint32(block, sum)...), handle
}

// message returns a protocol buffer of alternating numbers of fields and values, which are an
// int or an uint64, an uint32 for fixed32, or a []byte.
func message(fields ...any) (m []byte) {
	for i := 0; i < len(fields); i += 2 {
		number := protowire.Number(fields[i].(int))
		switch v := fields[i+1].(type) {
		case int:
			m = append(m, message(fields[i], uint64(v))...)
		case uint64:
			m = protowire.AppendVarint(protowire.AppendTag(m, number, protowire.VarintType), v)
		case uint32:
			m = protowire.AppendFixed32(protowire.AppendTag(m, number, protowire.Fixed32Type), v)
		case []byte:
			m = protowire.AppendBytes(protowire.AppendTag(m, number, protowire.BytesType), v)
		}
	}
	return m
}

// head is the header of a checkpoint of one shard.
var head = pair{"", message(1, 1, 3, message(1, 1))}

// dims returns a TensorShapeProto.
func dims(sizes ...int) (shape []byte) {
	for _, size := range sizes {
		shape = append(shape, message(2, message(1, size))...)
	}
	return shape
}

// floats is the entry of a tensor of so many numbers of dtype 1, which begin at an offset.
func floats(key string, n, offset int, data []byte) pair {
	sum := masked(crc32.Checksum(data[offset:][:4*n], castagnoli))
	return pair{key, message(1, 1, 2, dims(n), 4, offset, 5, 4*n, 6, sum)}
}

// memory is a shard.
type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

// openWith opens a checkpoint whose shards are all the same data.
func openWith(index, data []byte) (*File, error) {
	return open(index, func(name string) (shard, int64, error) {
		if !strings.HasPrefix(name, "data-0000") {
			return nil, 0, errors.New("no such shard")
		}
		return memory{bytes.NewReader(data)}, int64(len(data)), nil
	})
}

// readWith reads all that can be read as float32.
func readWith(index, data []byte) (all []tensor.Tensor, err error) {
	f, err := openWith(index, data)
	if err != nil {
		return nil, err
	}
	for _, e := range f.entries {
		if e.number != nil {
			t, err := f.Read(e.Name)
			if err != nil {
				return nil, err
			}
			all = append(all, t)
		}
	}
	return all, nil
}

// fixture returns the files of a checkpoint.
func fixture(name string) (index, data []byte) {
	path := "testdata/" + name
	return testkit.Must(os.ReadFile(path + ".index")), testkit.Must(os.ReadFile(path + ".data-00000-of-00001"))
}
