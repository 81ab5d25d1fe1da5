package tfbundle

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// field is a field of a message.
type field struct {
	tag     int // its number times 8, and one of the types below
	integer uint64
	bytes   []byte
}

// The types of fields that bundles have.
const (
	varintType  = int(protowire.VarintType)
	fixed32Type = int(protowire.Fixed32Type)
	bytesType   = int(protowire.BytesType)
)

// invalid is the error of a message that is malformed. A file that ends too early has another:
// messages are in blocks that are whole.
func invalid(code int) error {
	return fmt.Errorf("the message is not valid: %v", protowire.ParseError(code))
}

// eachField calls do with the fields of a message.
func eachField(message []byte, do func(field) error) error {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return invalid(n)
		}
		message = message[n:]
		if n = protowire.ConsumeFieldValue(number, kind, message); n < 0 {
			return invalid(n)
		}
		f := field{tag: int(number)<<3 | int(kind)}
		switch int(kind) {
		case varintType:
			f.integer, _ = protowire.ConsumeVarint(message)
		case fixed32Type:
			v, _ := protowire.ConsumeFixed32(message)
			f.integer = uint64(v)
		case bytesType:
			f.bytes, _ = protowire.ConsumeBytes(message)
		}
		if err := do(f); err != nil {
			return fmt.Errorf("field %d: %w", number, err)
		}
		message = message[n:]
	}
	return nil
}
