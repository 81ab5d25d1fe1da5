// Package field has the error of a configuration's field. A command that took the field's value
// from a flag can so name the flag instead.
package field

import "fmt"

// Error says what is wrong with a field.
type Error struct {
	Name  string // of the field, in others' fields by a path: repeats.cells
	Wrong string // such as "is 0; want at least 1"
}

// Error implements error.
func (e *Error) Error() string { return e.Name + " " + e.Wrong }

// Errorf returns an Error.
func Errorf(name, format string, args ...any) error {
	return &Error{name, fmt.Sprintf(format, args...)}
}

// In returns the error of a part of a configuration as an error of the whole, which has the part in a
// field: paths begin there.
func In(part string, err error) error {
	if e, ok := err.(*Error); ok {
		return &Error{part + "." + e.Name, e.Wrong}
	}
	return err
}
