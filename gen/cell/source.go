package cell

import (
	"bytes"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/cellgen/cellgen/gen/front"
)

// position returns the place of an offset.
func (r *reader) position(offset int) front.Position {
	before := r.src[:offset]
	return front.Position{
		File: r.file,
		Line: 1 + bytes.Count(before, []byte("\n")),
		Col:  offset - bytes.LastIndexByte(before, '\n'),
	}
}

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
	for ; bytes.IndexByte([]byte(" \t\r\n,=#"), r.src[offset]) >= 0; offset++ {
		if r.src[offset] == '#' {
			offset += bytes.IndexByte(r.src[offset:], '\n')
		}
	}
	return offset
}

// tokens returns the words of a string, or of an array of strings and numbers. An array
// or a table inside the array becomes one invalid word.
func (r *reader) tokens(value *unstable.Node, offset int) []Token {
	if value.Kind == unstable.String {
		return r.words(value, offset)
	}
	var tokens []Token
	offset++
	for it := value.Children(); it.Next(); {
		n := it.Node()
		offset = r.skip(offset)
		switch n.Kind {
		case unstable.String:
			tokens = append(tokens, r.words(n, offset)...)
		case unstable.Array:
			tokens = append(tokens, Token{r.position(offset), "[…]"})
		case unstable.InlineTable:
			tokens = append(tokens, Token{r.position(offset), "{…}"})
		default:
			tokens = append(tokens, Token{r.position(offset), string(n.Data)})
		}
		offset = r.end(n, offset)
	}
	return tokens
}

// words returns the words of the string that begins at the offset. Their places are
// exact, unless the string has escapes: then each has the place of the string.
func (r *reader) words(n *unstable.Node, offset int) []Token {
	raw := r.src[offset : offset+int(n.Raw.Length)]
	at := bytes.Index(raw, n.Data)
	if at > 0 {
		return Scan(r.position(offset+at), string(n.Data))
	}
	tokens := Scan(front.Position{}, string(n.Data))
	for i := range tokens {
		tokens[i].Position = r.position(offset)
	}
	return tokens
}
