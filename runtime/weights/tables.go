package weights

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/runtime/internal/check"
)

// leaves are the cells that are trees, and which block each leaf has. Leaves 2 and 3 of an LSTM
// only occur as their sum.
var leaves = map[string]string{
	"lstm":    "i g o o f",
	"nascell": "0 1 2 3 4 5 6 7",
}

// layouts has a row for every format and cell.
var layouts = []layout{
	{"pytorch", "lstm", "i f g o", torch("i f g o", "bi bf bg bo", "bi bf bg bo")},
	{"pytorch", "lstmp", "i f g o", append(torch("i f g o", "bi bf bg bo", "bi bf bg bo"), rows("weight_hr_l{layer}{reverse}", "P"))},
	{"pytorch", "gru", "r z n", torch("r z n", "br bz bn", "br bz cn")},

	{"keras", "lstm", "i f c o", keras("i f g o", "bi bf bg bo")},
	{"keras", "gru", "z r h", keras("z r n", "bz br bn | bz br cn")},
	{"keras", "grubefore", "z r h", keras("z r n", "bz br bn")},

	{"tf1", "lstm", "i j f o", tf1()},
	{"tf1", "lstmp", "i j f o", append(tf1(), columns("projection/kernel", "P"))},
	{"tf1", "peephole", "i j f o", append(tf1(),
		columns("w_i_diag", "pi"), columns("w_f_diag", "pf"), columns("w_o_diag", "po"))},

	{"addons", "nascell", "0 … 7", keras(leaves["nascell"], of("b", leaves["nascell"]))},
	{"addons", "nascellp", "0 … 7", append(keras(leaves["nascell"], of("b", leaves["nascell"])), columns("projection_weights", "P"))},

	{"onnx", "lstm", "i o f c", operator("i o f g", "bi bo bf bg bi bo bf bg")},
	{"onnx", "peephole", "i o f c", append(operator("i o f g", "bi bo bf bg bi bo bf bg"), direction(rows("P", "pi po pf")))},
	{"onnx", "gru", "z r h", operator("z r n", "bz br bn bz br cn")},
	{"onnx", "grubefore", "z r h", operator("z r n", "bz br bn bz br bn")},

	{"cellgen", "lstm", "i g o o f", tree("lstm")}, // the shipped cell
	{"cellgen", "lstm", "i f g o", equations("Wi Wf Wg Wo Ui Uf Ug Uo bi bf bg bo")},
	{"cellgen", "lstmp", "i f g o", equations("Wi Wf Wg Wo Ui Uf Ug Uo P bi bf bg bo")},
	{"cellgen", "peephole", "i f g o", equations("Wi Wf Wg Wo Ui Uf Ug Uo pi pf po bi bg bo bf")},
	{"cellgen", "gru", "r z n", equations("Wr Wz Wn Ur Uz Un br bz bn cn")},
	{"cellgen", "grubefore", "r z n", equations("Wr Wz Wn Ur Uz Un br bz bn")},
	{"cellgen", "nascell", "0 … 7", tree("nascell")},
	{"cellgen", "nascellp", "0 … 7", equations(of("W", leaves["nascell"]) + " " + of("U", leaves["nascell"]) + " P " + of("b", leaves["nascell"]))},
}

// of returns the blocks of gates that begin with a letter.
func of(kind, gates string) string {
	blocks := strings.Fields(gates)
	for i, gate := range blocks {
		blocks[i] = kind + gate
	}
	return strings.Join(blocks, " ")
}

func torch(gates, bias, other string) []entry {
	return []entry{
		rows("weight_ih_l{layer}{reverse}", of("W", gates)), rows("weight_hh_l{layer}{reverse}", of("U", gates)),
		optional(rows("bias_ih_l{layer}{reverse}", bias)), optional(rows("bias_hh_l{layer}{reverse}", other)),
	}
}

func keras(gates, biases string) []entry {
	return []entry{
		columns("kernel", of("W", gates)), columns("recurrent_kernel", of("U", gates)), optional(columns("bias", biases)),
	}
}

func tf1() []entry {
	const gates = "i g f o"
	return []entry{columns("kernel", of("W", gates)+"|"+of("U", gates)), plus(columns("bias", of("b", gates)), "bf", 1)}
}

func operator(gates, biases string) []entry {
	return []entry{
		direction(rows("W", of("W", gates))), direction(rows("R", of("U", gates))), direction(optional(rows("B", biases))),
	}
}

// direction returns the entry of a tensor that has both directions.
func direction(e entry) entry { e.directions = true; return e }

// own is what this module calls a layer.
const own = "layer{layer}{reverse}."

func tree(cell string) []entry {
	gates := leaves[cell]
	return []entry{
		columns(own+"kernel", of("W", gates)), columns(own+"recurrent", of("U", gates)), optional(columns(own+"bias", of("b", gates))),
	}
}

func equations(params string) (entries []entry) {
	for name := range strings.FieldsSeq(params) {
		e := rows(own+name, name)
		e.optional = isVector(name) && name[0] != 'p'
		entries = append(entries, e)
	}
	return entries
}

// Formats returns the names of the formats.
func Formats() (names []string) {
	for _, l := range layouts {
		if !slices.Contains(names, l.format) {
			names = append(names, l.format)
		}
	}
	return names
}

// Cells returns the names of the cells that a format has.
func Cells(format string) (names []string) {
	for _, l := range layouts {
		if l.format == format && !slices.Contains(names, l.cell) {
			names = append(names, l.cell)
		}
	}
	return names
}

// layoutsOf returns how a format has a cell: one layout, or several; a file has one of them.
func layoutsOf(format, cell string) (found []*layout, err error) {
	for i := range layouts {
		if layouts[i].format == format && layouts[i].cell == cell {
			found = append(found, &layouts[i])
		}
	}
	switch {
	case found != nil:
		return found, nil
	case !slices.Contains(Formats(), format):
		return nil, fmt.Errorf("unknown format %q%s", format, check.Nearest(format, Formats(), "; want one of "))
	}
	return nil, fmt.Errorf("%s has no cell %q%s", format, cell, check.Nearest(cell, Cells(format), "; it has "))
}

// layoutOf returns the first of the layouts.
func layoutOf(format, cell string) (*layout, error) {
	found, err := layoutsOf(format, cell)
	if err != nil {
		return nil, err
	}
	return found[0], nil
}
