package completion

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// value is the value of a field.
type value struct {
	name   string
	raw    json.RawMessage
	limits Options
}

// String returns the value as messages quote it.
func (v *value) String() string { return short(string(v.raw)) }

func (v *value) refuse(format string, args ...any) error { return refusef(v.name, format, args...) }

func (v *value) integer(to *int, least, most int) error {
	n := 0
	if json.Unmarshal(v.raw, &n) != nil || n < least || n > most {
		return v.refuse("%s is %s, want an integer from %d to %d", v.name, v, least, most)
	}
	*to = n
	return nil
}

func (v *value) number(to *float64, least, most float64) error {
	n := 0.0
	if json.Unmarshal(v.raw, &n) != nil || !(n >= least && n <= most) {
		return v.refuse("%s is %s, want a number from %v to %v", v.name, v, least, most)
	}
	*to = n
	return nil
}

// topP reads a probability, where 0 leaves the likeliest symbol alone, as in OpenAI's interface.
func (v *value) topP(to *float64) error {
	if err := v.number(to, 0, 1); err != nil {
		return err
	}
	*to = max(*to, math.SmallestNonzeroFloat64) // in Draw, 0 stands for all symbols
	return nil
}

func (v *value) boolean(to *bool) error {
	if json.Unmarshal(v.raw, to) != nil {
		return v.refuse("%s is %s, want true or false", v.name, v)
	}
	return nil
}

func (v *value) text(to *string) error {
	if json.Unmarshal(v.raw, to) != nil {
		return v.refuse("%s is %s, want a text", v.name, v)
	}
	return nil
}

// texts reads a text, or an array of texts. In an array, null is not one.
func (v *value) texts(to *[]string, want string, least, most int) error {
	var one string
	if json.Unmarshal(v.raw, &one) == nil {
		*to = []string{one}
		return nil
	}
	var several []*string
	err := json.Unmarshal(v.raw, &several)
	if err != nil || len(several) < least || len(several) > most {
		return v.refuse("%s is %s, want %s", v.name, v, want)
	}
	for _, s := range several {
		if s == nil {
			return v.refuse("%s is %s, want %s", v.name, v, want)
		}
		*to = append(*to, *s)
	}
	return nil
}

// short returns JSON in one line of bounded length.
func short(text string) string {
	var compact bytes.Buffer
	if json.Compact(&compact, []byte(text)) == nil {
		text = compact.String()
	}
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// quoted returns a name between quotation marks, in bounded length.
func quoted(name string) string { return strconv.Quote(short(name)) }
