package nn_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/runtime/nn"
)

// A file says what model it holds: Open makes it anew, and Load takes weights into a stack that is
// there.
func ExampleOpen() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "model.safetensors")

	parts := []nn.Part{nn.Recurrent(nascell.New, 32), nn.Dropout(0.1), nn.Linear(10)}
	model, err := nn.NewStack(16, parts)
	if err != nil {
		log.Fatal(err)
	}
	// … train it …
	if err := model.Save(path, map[string]string{"labels": "0 1 2 3 4 5 6 7 8 9"}); err != nil {
		log.Fatal(err)
	}

	opened, metadata, err := nn.Open(path, lstm.Kernel{}, nascell.Kernel{}) // the cells that it may have
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(opened.Input(), opened.Output(), metadata["labels"])

	other, err := nn.NewStack(16, []nn.Part{nn.Recurrent(lstm.New, 32), nn.Dropout(0.1), nn.Linear(10)})
	if err != nil {
		log.Fatal(err)
	}
	if err := other.Load(path); err != nil {
		_, after, _ := strings.Cut(err.Error(), path+": ")
		fmt.Println(after)
	}
	// Output:
	// 16 10 0 1 2 3 4 5 6 7 8 9
	// the file is of another model: part 0, recurrent: the cell is NASCell, want LSTM
}
