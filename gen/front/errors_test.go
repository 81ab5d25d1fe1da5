package front

import (
	"fmt"
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	words := []string{"tanh", "sigmoid", "relu", "elementwisemultiply"}
	for word, want := range map[string]string{
		"tnah": "tanh", "TANH": "tanh", "sigmod": "sigmoid", "elementwisemultply": "elementwisemultiply",
		"zzzz": "", "t": "", strings.Repeat("tanh", 17): "",
	} {
		if want != "" {
			want = fmt.Sprintf(" (did you mean %q?)", want)
		}
		if got := Nearest(word, words); got != want {
			t.Errorf("Nearest(%q) is %q, want %q", word, got, want)
		}
	}
}
