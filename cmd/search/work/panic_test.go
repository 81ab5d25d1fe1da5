package work

import (
	"context"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/child"
)

// panicking is a trainer with a mistake.
type panicking struct{}

func (panicking) Train(context.Context, child.Task) (child.Result, error) { panic("a mistake") }

// TestPanic has a training that panics: it fails, and its worker goes on.
func TestPanic(t *testing.T) {
	if _, err := Train(t.Context(), panicking{}, child.Task{Choices: []int{1}}); err == nil || !strings.Contains(err.Error(), "panic: a mistake") {
		t.Errorf("error is %v", err)
	}
}
