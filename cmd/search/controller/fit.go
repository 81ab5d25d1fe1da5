package controller

import "github.com/cellgen/cellgen/cmd/search/space"

// Parameters returns how many numbers the controller learns.
func (c *Controller) Parameters() (n int) {
	for _, p := range c.params {
		n += size(p.Shape)
	}
	return n
}

// Fit returns the configuration with as many hidden units as a number of parameters pays for, and
// at least one. A controller without a cell has no units, and stays as it is.
func Fit(s space.Space, config Config, parameters int) (Config, error) {
	if config.Cell == nil {
		return config, nil
	}
	most := 1
	for step := 1; step > 0; {
		config.Hidden = most + step
		c, err := New(s, config)
		switch {
		case err != nil:
			return config, err
		case c.Parameters() <= parameters:
			most += step
			step *= 2
		default:
			step /= 2
		}
	}
	config.Hidden = most
	return config, nil
}
