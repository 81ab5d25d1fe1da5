package timing

import (
	"strconv"

	"github.com/cellgen/cellgen/runtime/kernel"
)

// units returns the number of units of a width; 1 for one number.
func (j *Subject) units(d kernel.Dim) float64 {
	if d == "" {
		return 1
	}
	if n, err := strconv.Atoi(string(d)); err == nil {
		return float64(n)
	}
	for _, s := range j.cell.Dims {
		if s.Name == d && s.Equal != "" {
			return j.units(s.Equal)
		}
	}
	switch d {
	case kernel.Input:
		return float64(j.Layer.Input())
	case kernel.Hidden:
		return float64(j.Layer.Hidden())
	}
	return float64(j.widths[string(d)])
}

// padded returns the number of units of a width, rounded up to whole blocks.
func (j *Subject) padded(d kernel.Dim) float64 {
	return float64((int(j.units(d)) + kernel.Units - 1) / kernel.Units * kernel.Units)
}

// operand returns the number of units of what a product multiplies.
func (j *Subject) operand(name string) float64 {
	for _, s := range j.cell.States {
		if s.Name == name {
			return j.units(s.Width)
		}
	}
	for _, o := range j.cell.Operands {
		if o.Name == name {
			return j.units(o.Width)
		}
	}
	for _, i := range j.cell.Inputs {
		if i.Name == name {
			return j.units(i.Width)
		}
	}
	if name == kernel.X {
		return j.units(kernel.Input)
	}
	return 1
}
