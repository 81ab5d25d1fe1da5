package main

import (
	"maps"
	"slices"
	"strconv"

	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/interp"
)

// fields are the fields of a JSON object, by key. Each method takes one; what is left in the end is
// unknown.
type fields struct {
	*jsonFile
	at    int // the object's place
	all   map[string]field
	left  map[string]field
	taken []string
}

// field is a value of an object, with the places of it and its key.
type field struct {
	keyAt, at int
	text      string
}

// object returns the fields of the object at an offset. A key that is there twice is a mistake.
func (f *jsonFile) object(at int) fields {
	const most = 100 // keys, more than any vector file has
	o := fields{jsonFile: f, at: at, left: make(map[string]field)}
	key, keyAt, keys := "", -1, 0
	for at, text := range f.values(at) {
		if keyAt < 0 {
			key, keyAt = text, at
			if len(text) <= most {
				key, _ = unquote(text)
			}
			continue
		}
		if _, ok := o.left[key]; ok {
			f.add(keyAt, "key %s is already there", front.Quote(key))
		}
		o.left[key] = field{keyAt, at, text}
		keyAt = -1
		if keys++; keys > most {
			f.add(at, "more than %d keys", most)
			break
		}
	}
	o.all = maps.Clone(o.left)
	return o
}

// take takes a field. A missing one is a mistake, unless it is optional.
func (f *fields) take(key string, optional bool) (field, bool) {
	value, ok := f.left[key]
	delete(f.left, key)
	f.taken = append(f.taken, key)
	if !ok && !optional {
		f.add(f.at, "missing key %q", key)
	}
	return value, ok
}

// integer takes a field from 1 to the limit.
func (f *fields) integer(key string, most int) int {
	value, ok := f.take(key, false)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(value.text)
	if err != nil || n < 1 || n > most {
		f.add(value.at, "%s is %s, want an integer from 1 to %d", key, shown(value.text), most)
	}
	return n
}

// flag takes a field that is false if it is missing.
func (f *fields) flag(key string) bool {
	value, ok := f.take(key, true)
	if ok && value.text != "true" && value.text != "false" {
		f.add(value.at, "%s is %s, want true or false", key, shown(value.text))
	}
	return value.text == "true"
}

// label takes a field that is a name for messages, "" if it is missing.
func (f *fields) label(key string) string {
	const most = 100
	value, ok := f.take(key, true)
	if !ok {
		return ""
	}
	s, isString := "", false
	if len(value.text) < 10*most { // also if all of it is escapes
		s, isString = unquote(value.text)
	}
	if !isString || len(s) > most || strconv.Quote(s) != `"`+s+`"` {
		f.add(value.at, "%s is %s, want a string of at most %d printable characters", key, shown(value.text), most)
		return ""
	}
	return s
}

// arrays takes the arrays of a list, by their names. One that is empty may be missing or null.
func (f *fields) arrays(list interp.Arrays) {
	for i := range list {
		a := &list[i]
		value, ok := f.take(a.Name, a.Len() == 0)
		if !ok || a.Len() == 0 && value.text == "null" {
			continue
		}
		a.Data = f.numbers(a.Name, value, a.Len(), number)
	}
}

// numbers returns the numbers of an array, which must have a length: only then is there room
// made for them. Each is what number makes of it.
func (f *fields) numbers(key string, value field, want int, number func(string) (float64, string)) []float64 {
	if value.text[0] != '[' {
		f.add(value.at, "%s is %s, want an array of %d numbers", key, shown(value.text), want)
		return nil
	}
	have := 0
	for range f.values(value.at) {
		have++
	}
	if have != want {
		f.add(value.at, "%s has %d values, want %d", key, have, want)
		return nil
	}
	data := make([]float64, 0, want)
	for at, text := range f.values(value.at) {
		x, wrong := number(text)
		if wrong != "" {
			f.add(at, "%s[%d] %s: %s", key, len(data), wrong, shown(text))
			return nil
		}
		data = append(data, x)
	}
	return data
}

// unknown adds a mistake for every field that was not taken.
func (f *fields) unknown() {
	for _, key := range slices.Sorted(maps.Keys(f.left)) {
		f.add(f.left[key].keyAt, "unknown key %s%s", front.Quote(key), front.Nearest(key, f.taken))
	}
}
