package journal_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/cmd/search/journal"
)

// A study appends what it decides, and finds it again.
func Example() {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "journal")
	for range 2 {
		j, entries, err := journal.Open(path)
		if err != nil {
			panic(err)
		}
		fmt.Println(len(entries), "entries")
		trial := map[string]int{"trial": len(entries)}
		entry, err := journal.NewEntry(trial, map[string]float64{"seconds": 1.5})
		if err != nil {
			panic(err)
		}
		if err := j.Append(entry); err != nil {
			panic(err)
		}
		if err := j.Close(); err != nil {
			panic(err)
		}
	}
	text, err := os.ReadFile(path)
	fmt.Print(string(text), err)
	// Output:
	// 0 entries
	// 1 entries
	// {"record":{"trial":0},"crc":"c517343f","aside":{"seconds":1.5},"asidecrc":"0a902091"}
	// {"record":{"trial":1},"crc":"c8b39eb1","aside":{"seconds":1.5},"asidecrc":"dc32dbeb"}
	// <nil>
}
