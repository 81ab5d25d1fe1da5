package strategy_test

import (
	"fmt"

	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/cmd/search/strategy"
)

// Evolution looks for the cell whose tokens are all the first of their kind.
func Example() {
	s, err := space.NewTokens(2, false)
	if err != nil {
		panic(err)
	}
	search, err := strategy.NewEvolution(s, 1, strategy.EvolutionConfig{Population: 20, Tournament: 5})
	if err != nil {
		panic(err)
	}
	for range 30 {
		proposals, err := search.Propose(10)
		if err != nil {
			panic(err)
		}
		var results []strategy.Result
		for _, p := range proposals {
			loss := 1.0
			for _, c := range p.Choices {
				loss += float64(c)
			}
			results = append(results, strategy.Result{Trial: p.Trial, Standing: strategy.Standing{Loss: loss}})
		}
		if err := search.Learn(results); err != nil {
			panic(err)
		}
	}
	best, _ := search.Best()
	source, err := s.Build(best.Choices)
	if err != nil {
		panic(err)
	}
	fmt.Printf("trial %d, loss %v\n%s", best.Trial, best.Loss, source)
	// Output:
	// trial 123, loss 1
	// name = "Cellcc6f37e014c9fc43"
	// tokens = "add identity add identity add identity add identity 0 0"
}
