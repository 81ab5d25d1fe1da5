package corpus

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"unicode/utf8"
)

// MaxText is how many bytes of text are read, at most.
const MaxText = 1 << 28

// Stdin is the name that stands for standard input.
const Stdin = "-"

// Text says where a text is: in files, which are joined in their order.
type Text struct {
	Files []string // [Stdin] is standard input
	Limit int      // the bytes to use from the start of the text, 0 for all
	UTF8  bool     // whether the text must be UTF-8, and a limit leaves out a character that it cuts
}

// Read reads the text, up to the limit. It reads no more than most bytes: more, if the limit does
// not leave them out, are an error.
func (t Text) Read(most int) ([]byte, error) {
	var text bytes.Buffer
	ends := make([]int, len(t.Files)) // of the files in the text
	for i, name := range t.Files {
		room := Text{Limit: t.Limit - text.Len()}
		if t.Limit == 0 {
			room.Limit = 0
		} else if room.Limit == 0 {
			break
		}
		if err := room.readFile(&text, name, most-text.Len(), most); err != nil {
			return nil, fmt.Errorf("reading the text: %w", err)
		}
		ends[i] = text.Len()
	}
	all := text.Bytes()
	if t.UTF8 && t.Limit > 0 && len(all) == t.Limit {
		all = all[:len(all)-Partial(all)]
	}
	if at := notUTF8(all); t.UTF8 && at >= 0 {
		i := 0
		for ends[i] <= at {
			i++
		}
		if i > 0 {
			at -= ends[i-1]
		}
		return nil, fmt.Errorf("reading the text: byte %d of %s is not UTF-8: %s reads any text", at, shown(t.Files[i]), Bytes)
	}
	return all, nil
}

// Partial returns how many bytes at the end of a text begin a character that is not complete.
func Partial(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if last := text[len(text)-n:]; utf8.RuneStart(last[0]) {
			if utf8.FullRune(last) {
				return 0
			}
			return n
		}
	}
	return 0
}

// notUTF8 returns the place of the first byte that is not UTF-8, −1 if all are.
func notUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	at := 0
	for {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size <= 1 {
			return at
		}
		at += size
	}
}

// shown returns what messages call a file.
func shown(name string) string {
	if name == Stdin {
		return "standard input"
	}
	return name
}

// Size returns how many bytes the text has, if that is known before it is read.
func (t Text) Size() (size int, known bool, err error) {
	known = true
	for _, name := range t.Files {
		info, err := stat(name)
		if err != nil {
			return 0, false, fmt.Errorf("reading the text: %w", err)
		}
		known = known && info.Mode().IsRegular()
		size += int(min(info.Size(), MaxText))
	}
	switch {
	case !known:
		return t.Limit, t.Limit > 0, nil
	case t.Limit > 0:
		size = min(size, t.Limit)
	}
	return min(size, MaxText), true, nil
}

// stat does not open files: others wait for who reads a pipe.
func stat(name string) (os.FileInfo, error) {
	if name == Stdin {
		return os.Stdin.Stat()
	}
	return os.Stat(name)
}

// readFile adds a file to the text, which has room for some bytes, of the most that are read.
func (t Text) readFile(text *bytes.Buffer, name string, room, most int) error {
	file := os.Stdin
	if name != Stdin {
		var err error
		if file, err = os.Open(name); err != nil {
			return err
		}
		defer file.Close()
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	wanted := room + 1 // one more shows that there are more
	if t.Limit > 0 {
		wanted = min(t.Limit, wanted)
	}
	switch {
	case info.Mode()&os.ModeDevice != 0 && wanted > room:
		return fmt.Errorf("%s is a device, which may have no end; -limit takes its start", shown(name))
	case wanted > room && info.Size() > int64(room):
		return tooLong(name, most)
	}
	if info.Mode().IsRegular() {
		text.Grow(int(min(info.Size(), int64(wanted))) + bytes.MinRead)
	}
	n, err := text.ReadFrom(io.LimitReader(file, int64(wanted)))
	if err == nil && n > int64(room) {
		err = tooLong(name, most)
	}
	return err
}

func tooLong(name string, most int) error {
	why := "that are read"
	if most < MaxText {
		why = "that the memory has room for"
	}
	return fmt.Errorf("%s has more than %d bytes, the most %s; -limit %[2]d takes its start", shown(name), most, why)
}
