package controller_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/cellgen/cellgen/cmd/search/controller"
	"github.com/cellgen/cellgen/cmd/search/space"
)

// A controller learns that rewards are for nodes that multiply.
func Example() {
	s, err := space.NewTokens(2, false)
	if err != nil {
		panic(err)
	}
	config := controller.Paper()
	config.LearningRate = 0.01
	c, err := controller.New(s, config)
	if err != nil {
		panic(err)
	}
	for k := range 61 {
		generators := make([]*rand.Rand, 20)
		for i := range generators {
			generators[i] = rand.New(rand.NewPCG(uint64(k), uint64(i)))
		}
		drawn, err := c.Sample(generators)
		if err != nil {
			panic(err)
		}
		var episodes []controller.Episode
		for _, choices := range drawn {
			reward := float64(choices[0]+choices[2]+choices[4]) / 3 // 0 is add, 1 is mul
			episodes = append(episodes, controller.Episode{Choices: choices, Reward: reward})
		}
		report, err := c.Update(episodes, nil)
		if err != nil {
			panic(err)
		}
		if k%20 == 0 {
			fmt.Printf("update %2d: mean reward %.1f\n", k, report.Reward)
		}
	}
	// Output:
	// update  0: mean reward 0.5
	// update 20: mean reward 1.0
	// update 40: mean reward 1.0
	// update 60: mean reward 1.0
}
