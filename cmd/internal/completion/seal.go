package completion

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"math/rand/v2"

	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/runtime/nn"
)

// A position is a place in a text: the recurrent state before its last symbol, that symbol, and
// the random numbers that are drawn next. Whoever steps the state with the symbol has the logits of
// the next one.
type position struct {
	state  *nn.State // of one row
	symbol int
	random *rand.PCG
}

// seal writes positions as text and reads them again, for clients to keep. Base64 stands for:
//
//	"lmstate1"                      8 bytes
//	fingerprint of the model        16
//	the generator of random numbers 20
//	the last symbol                 u32
//	the number of states            u32, then the width of each, u32
//	the states                      float32 …
//	CRC-32C of all this             u32
//
// all little-endian. The checksum finds accidents. A client may make up a state: it is one of the
// model's that has finite numbers, and so harmless.
type seal struct {
	fingerprint [16]byte
	widths      []int // of the states
	symbols     int   // of the vocabulary
}

const (
	sealMagic  = "lmstate1"
	randomSize = 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// newSeal returns the seal of a model with states like the given one.
func newSeal(m *model, like *nn.State) seal {
	s := seal{symbols: m.Vocabulary.Len(), fingerprint: m.fingerprint}
	for _, name := range like.Names() {
		s.widths = append(s.widths, len(like.Of(name)))
	}
	return s
}

// size returns how many bytes a position takes.
func (s *seal) size() int {
	n := len(sealMagic) + len(s.fingerprint) + randomSize + 4 + 4 + 4
	for _, width := range s.widths {
		n += 4 + 4*width
	}
	return n
}

// length returns how many characters the text of a position has.
func (s *seal) length() int { return base64.StdEncoding.EncodedLen(s.size()) }

// head returns what stands before the states of a position, which has only its symbol and its
// generator from there.
func (s *seal) head(random []byte, symbol int) []byte {
	b := append([]byte(sealMagic), s.fingerprint[:]...)
	b = append(b, random...)
	b = binary.LittleEndian.AppendUint32(b, uint32(symbol))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s.widths)))
	for _, width := range s.widths {
		b = binary.LittleEndian.AppendUint32(b, uint32(width))
	}
	return b
}

// write returns the text of a position.
func (s *seal) write(p position) string {
	random, err := p.random.MarshalBinary()
	if err != nil {
		panic(err) // it has no errors
	}
	b := s.head(random, p.symbol)
	for _, name := range p.state.Names() {
		for _, v := range p.state.Of(name) {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return base64.StdEncoding.EncodeToString(binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli)))
}

// read sets a position, whose state has one row, to what a text says. It is an error if the text is
// not a position of this model, or a number is not finite.
func (s *seal) read(text string, p *position) error {
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	switch {
	case err != nil:
		return fmt.Errorf("it is not base64: %w", err)
	case !bytes.HasPrefix(b, []byte(sealMagic)):
		return errors.New("it is not the text of a state")
	case len(b) < len(sealMagic)+len(s.fingerprint) || !bytes.Equal(b[len(sealMagic):][:len(s.fingerprint)], s.fingerprint[:]):
		return errors.New("it is of another model")
	case len(b) != s.size():
		return fmt.Errorf("it has %d characters, want %d", len(text), s.length())
	}
	body, sum := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return errors.New("its checksum is wrong")
	}
	at := len(sealMagic) + len(s.fingerprint)
	random := body[at:][:randomSize]
	symbol := binary.LittleEndian.Uint32(body[at+randomSize:])
	head := s.head(random, int(symbol))
	if !bytes.HasPrefix(body, head) || symbol >= uint32(s.symbols) {
		return errors.New("its symbol or its widths are not the model's")
	}
	if p.random = new(rand.PCG); p.random.UnmarshalBinary(random) != nil {
		return errors.New("its random numbers are malformed")
	}
	p.symbol = int(symbol)
	return readStates(p.state, body[len(head):])
}

func readStates(state *nn.State, b []byte) error {
	for _, name := range state.Names() {
		values := state.Of(name)
		for i := range values {
			v := math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
			if v-v != 0 {
				return fmt.Errorf("its %s has %v", name, v)
			}
			values[i] = v
		}
		b = b[4*len(values):]
	}
	return nil
}

// fingerprint returns a hash of all that decides what a model computes.
func fingerprint(m *language.Model, precision string) (sum [16]byte, err error) {
	h := sha256.New()
	vocabulary, err := m.Vocabulary.MarshalJSON()
	if err != nil {
		return sum, err
	}
	about := m.Stack.Model().Metadata()
	fmt.Fprintf(h, "%s\n%q\n%q\n", vocabulary, about, precision) // maps are printed in order
	var row []byte
	for _, t := range m.Stack.Export() {
		fmt.Fprintf(h, "%q %v\n", t.Name, t.Shape)
		for values := t.Values; len(values) > 0; {
			n := min(len(values), 1<<12)
			row = row[:0]
			for _, v := range values[:n] {
				row = binary.LittleEndian.AppendUint32(row, math.Float32bits(v))
			}
			h.Write(row)
			values = values[n:]
		}
	}
	copy(sum[:], h.Sum(nil))
	return sum, nil
}
