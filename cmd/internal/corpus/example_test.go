package corpus_test

import (
	"fmt"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
)

// The words of a text, and of another text by the same vocabulary.
func Example() {
	v, err := corpus.NewVocabulary(corpus.Words, []byte("the cat sat\nthe dog sat\n"), 0)
	if err != nil {
		panic(err)
	}
	symbols, err := v.Encode([]byte("the bird sat\n"))
	if err != nil {
		panic(err)
	}
	var text []byte
	for _, s := range symbols {
		text = v.Append(text, int(s))
	}
	fmt.Printf("%d words\n%s", v.Len(), text)
	// Output:
	// 6 words
	// the <unk> sat
}
