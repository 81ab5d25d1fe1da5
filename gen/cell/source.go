package cell

import (
	"bytes"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/cellgen/cellgen/gen/front"
)

// start returns where a key's value begins. The parser says where scalars are, but not
// where arrays and tables are.
func (r *reader) start(keyValue *unstable.Node) int {
	var last unstable.Range
	for it := keyValue.Key(); it.Next(); {
		last = it.Node().Raw
	}
	return r.skip(int(last.Offset + last.Length))
}

// end returns where the value that begins at the offset ends.
func (r *reader) end(value *unstable.Node, offset int) int {
	if value.Kind != unstable.Array && value.Kind != unstable.InlineTable {
		return offset + int(value.Raw.Length)
	}
	offset++
	for it := value.Children(); it.Next(); {
		child := it.Node()
		if child.Kind == unstable.KeyValue {
			offset = r.end(child.Value(), r.start(child))
		} else {
			offset = r.end(child, r.skip(offset))
		}
	}
	return r.skip(offset) + 1
}

// skip returns where the next key, value or bracket begins.
func (r *reader) skip(offset int) int {
	for ; bytes.IndexByte([]byte(" \t\r\n,=#"), r.src.Bytes[offset]) >= 0; offset++ {
		if r.src.Bytes[offset] == '#' {
			offset += bytes.IndexByte(r.src.Bytes[offset:], '\n')
		}
	}
	return offset
}

// words returns the words of a string, or of an array of strings and numbers. An array
// or a table inside the array becomes one invalid word.
func (r *reader) words(value *unstable.Node, offset int) *sequence {
	words := new(sequence)
	if value.Kind == unstable.String {
		r.scan(words, value, offset)
		return words
	}
	offset++
	for it := value.Children(); it.Next(); {
		n := it.Node()
		offset = r.skip(offset)
		switch n.Kind {
		case unstable.String:
			r.scan(words, n, offset)
		case unstable.Array:
			words.add(r.src.At(offset), "[…]")
		case unstable.InlineTable:
			words.add(r.src.At(offset), "{…}")
		default:
			words.add(r.src.At(offset), string(n.Data))
		}
		offset = r.end(n, offset)
	}
	return words
}

// scan adds the words of the string that begins at the offset. Their places are exact,
// unless the string has escapes: then each has the place of the string.
func (r *reader) scan(words *sequence, n *unstable.Node, offset int) {
	raw := r.src.Bytes[offset : offset+int(n.Raw.Length)]
	if at := bytes.Index(raw, n.Data); at > 0 {
		words.scan(r.src.At(offset+at), string(n.Data))
		return
	}
	var escaped sequence
	escaped.scan(front.Position{}, string(n.Data))
	for _, t := range escaped.tokens {
		words.add(r.src.At(offset), t.Text)
	}
	words.count += escaped.count - len(escaped.tokens)
}
