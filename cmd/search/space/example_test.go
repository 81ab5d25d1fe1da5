package space_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/cellgen/cellgen/cmd/search/space"
)

// A space of token sequences: one drawn at random, a mutant, and how many there are.
func Example() {
	s, err := space.NewTokens(1, true, "add", "mul", "tanh", "sigmoid")
	if err != nil {
		panic(err)
	}
	r := rand.New(rand.NewPCG(7, 0))
	parent := space.Random(s, r)
	mutant := space.Mutate(s, r, parent)
	for _, choices := range [][]int{parent, mutant} {
		source, err := s.Build(choices)
		if err != nil {
			panic(err)
		}
		fmt.Print(choices, "\n", source)
	}
	sequences, cells, err := space.Count(s)
	fmt.Println(sequences, cells, err)
	// Output:
	// [0 0 1 1 0 0]
	// name = "Celld79e08654d4a7f40"
	// bias = true
	// tokens = "add tanh mul sigmoid 0 0"
	// [0 0 1 0 0 0]
	// name = "Cell4dee331a08428db7"
	// bias = true
	// tokens = "add tanh mul tanh 0 0"
	// 16 16 <nil>
}
