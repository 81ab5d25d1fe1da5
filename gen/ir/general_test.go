package ir

import (
	"fmt"
	"go/token"
	"strings"
	"testing"
)

// general is a joint graph of a cell with names, of two widths, with every declaration and every
// port that such a graph has.
const general = `func general
param W (hidden,input)
param U (hidden,hidden)
param P (proj,hidden)
param Q (hidden,proj)
param R (proj,proj)
param b
param k ()
param one (1)
input dt ()
input u (1)
state h (proj) = elementwise 0.5
state m = elementwise -Inf
state n (1) =
operand o
operand v (proj)
vector b
vector k
vector k (proj)
given x (input)
given dt
given dt (proj)
given u (1)
output (input)
slot 0 = x{W} h{Q} o{U,U.T} 1{b}
slot 1 = o{P} v{R,R.T}
s = slot[0]                     ; node 0
r = slot[1]                     ; node 1
h = hprev
m = mprev
b = vector[0]
k = vector[1]
kp = vector[2]
x = given[0]
t = given[1]
tp = given[2]
u = given[3]
a = mul s b                     ; node 0
c = add a t                     ; node 0
d = mul r kp                    ; node 1
dh = dh
dm = dm
dn = dn
do = doperand[0]
dv = doperand[1]
dy = doutput
e = carried[0]
f = mul dh tp
h <- d
m <- c
n <- u
operand[0] <- a
operand[1] <- r
output <- x
saved[0] <- a
dslot[0] <- dm
dslot[1] <- dv
dhprev <- f
dmprev <- dm
dvector[0] <- do
dvector[1] <- dm
dvector[2] <- dv
dgiven[0] <- dy
dgiven[1] <- dm
dgiven[2] <- f
dgiven[3] <- dn
`

func TestGeneralText(t *testing.T) {
	f := parse(t, general)
	if got := f.String(); got != general {
		t.Errorf("reads back as\n%s", got)
	}
	if s := f.Slots[1]; s.Width != "proj" || f.Sum(1) != "P @ o + R @ v + R.T @ v" || f.Sum(0) != "W @ x + Q @ h + U @ o + U.T @ o + b" {
		t.Errorf("slots are %q and %q, of width %s", f.Sum(0), f.Sum(1), s.Width)
	}
	if p := f.Params; len(p[6].Shape) != 0 || len(p[7].Shape) != 1 || p[7].Shape[0] != "1" || f.Inputs[0].Width != "" || f.Inputs[1].Width != "1" {
		t.Errorf("one number and a width of 1 are %v, %v", p[6:], f.Inputs)
	}
	if s := f.States; s[0].Initial != 0.5 || s[2].Width != "1" || s[2].Elementwise || f.Output != WidthInput {
		t.Errorf("states are %v, the output is %s wide", s, f.Output)
	}
	for kind := range kinds {
		if k := PortKind(kind); k != NoPort && f.Ports(k) == 0 {
			t.Errorf("no port is of kind %d", k)
		}
	}
	widths := f.Widths()
	for name, want := range map[string]string{"s": "hidden", "r": "proj", "kp": "proj", "t": "hidden", "tp": "proj", "u": "1", "dn": "1", "dy": "input", "c": "hidden", "f": "proj"} {
		if got := widths[named(f, name)]; got != want {
			t.Errorf("%s has width %q, want %q", name, got, want)
		}
	}
}

// TestColumns expects the columns of rows to read back where a graph does not use all.
func TestColumns(t *testing.T) {
	const text = "func f\nstate h = output\ncolumns saved 3\ncolumns carried 7\na = saved[2]\nb = carried[6]\nc = add a b\nh <- c\n"
	f := parse(t, text)
	if f.String() != text || f.Ports(Saved) != 3 || f.Ports(Carried) != 7 {
		t.Errorf("%d saved, %d carried in\n%s", f.Ports(Saved), f.Ports(Carried), f)
	}
	f.Columns = Columns{Saved: 1, Carried: 1}
	if err := f.Verify(); err == nil || !strings.Contains(err.Error(), "saved[2], which is out of range") {
		t.Errorf("too few columns: %v", err)
	}
}

func TestGeneralParseErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"param", "2: unknown line"},
		{"state", "2: unknown line"},
		{"state h", "2: want = after state h"},
		{"state h = ouput", `2: unknown mark "ouput" of a state`},
		{"operand o (hidden) x", "2: unknown line"},
		{"vector b", `2: unknown parameter "b"`},
		{"given y", `2: unknown input "y"`},
		{"columns saved", `2: unknown columns "saved"`},
		{"columns saved -1", `2: unknown columns "saved -1"`},
		{"columns slots 1", `2: unknown columns "slots 1"`},
		{"param W (hidden,input)\nslot 0 = x{V}", `3: invalid leaf "V" of a slot`},
		{"param W (hidden,input)\nslot 0 = y{W}", `3: unknown side "y{W}" of a slot`},
		{"a = output", `2: unknown operator "output"`},
		{"a = 1\noutput <- a", "3: unknown port or value"},
		{"a = vector[0]", "vector[0], which is out of range"},
		{"a = operand[0]", "input a enters through operand[0]"},
		{"operand o\na = doperand[1]", "doperand[1], which is out of range"},
		{"param b\nvector b\na = vector[0]\nvector[0] <- a", "a result leaves through vector[0]"},
		{"given x\na = given[0]\nb = given[0]", "port given[0] is used twice"},
		{"output\nstate h = output\n", "states are the output"},
		{"param W (proj,input)\nparam U (hidden,hidden)\nstate h = output\nslot 0 = x{W} h{U}", "slot 0 of width hidden sums W"},
		{"given x (input)\nparam b\nvector b\na = vector[0]\nb = given[0]\nc = add a b", "c of width input uses a of width hidden"},
		{"given x (input)\noperand o\na = given[0]\noperand[0] <- a", "a of width input leaves through operand[0] of width hidden"},
	} {
		if f, err := Parse("func f\n" + c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, %v, want %q", c.text, f, err, c.want)
		}
	}
}

// TestGeneralVerify breaks a sound graph in one way at a time.
func TestGeneralVerify(t *testing.T) {
	for _, c := range []struct {
		damage string
		do     func(f *Func)
		want   string
	}{
		{"an operand that is not there", func(f *Func) { f.Slots[0].Terms[2].Operand.Index = 2 }, "slot 0 multiplies operand[2], which is out of range"},
		{"a state that is not there", func(f *Func) { f.Slots[0].Terms[1].Operand.Index = 3 }, "slot 0 multiplies state[3]prev, which is out of range"},
		{"an input that is not there", func(f *Func) { f.Slots[0].Terms[0].Operand.Index = -1 }, "slot 0 multiplies given[-1], which is out of range"},
		{"a product with what is not an operand", func(f *Func) { f.Slots[0].Terms[0].Operand.Kind = Next }, "slot 0 multiplies h, which is out of range"},
		{"an operand of another width", func(f *Func) { f.Slots[0].Terms[0].Operand.Kind = Prev }, "slot 0 multiplies W of width input by h of width proj"},
		{"a bias that is a matrix", func(f *Func) { f.Slots[0].Terms[0].Operand = Port{} }, "slot 0 adds W, which is not a vector"},
		{"a vector that is a matrix", func(f *Func) { f.Vectors[0].Index = 1 }, "vector 0 of width hidden reads number 1 of width hidden×hidden"},
		{"a vector of another width", func(f *Func) { f.Vectors[0].Width = "proj" }, "vector 0 of width proj reads number 5 of width hidden"},
		{"a vector that is not there", func(f *Func) { f.Vectors[0].Index = 8 }, "vector 0 reads number 8, which is out of range"},
		{"an input read in another width", func(f *Func) { f.Givens[3].Width = "proj" }, "given 3 of width proj reads number 2 of width 1"},
		{"an input that is not there to read", func(f *Func) { f.Givens[1].Index = 3 }, "given 1 reads number 3, which is out of range"},
		{"two operands of a name", func(f *Func) { f.Operands[1].Name = "o" }, `operand "o" is empty or taken`},
		{"an operand named as a state", func(f *Func) { f.Operands[1].Name = "h" }, `operand "h" is empty or taken`},
		{"an operand named as an input", func(f *Func) { f.Operands[1].Name = "dt" }, `operand "dt" is empty or taken`},
		{"an input named as x", func(f *Func) { f.Inputs[0].Name = "x" }, `input "x" is empty or taken`},
		{"a state named as an input", func(f *Func) { f.States[0].Name = "dt" }, `state "dt" is empty or taken`},
	} {
		f := parse(t, general)
		c.do(f)
		func() {
			defer func() {
				if e := recover(); e != nil {
					t.Errorf("%s: panic %v", c.damage, e)
				}
			}()
			if err := f.Verify(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: error %v, want %q", c.damage, err, c.want)
			}
		}()
	}
}

// TestRowNames expects the rows of every kernel to have names of their own that Go accepts,
// whatever states, operands and inputs are called.
func TestRowNames(t *testing.T) {
	for _, names := range [][3]string{
		{"rows", "stride", "tile"},
		{"vectorStride", "vectors", "stride"},
		{"r", "b", "u"},
		{"func", "type", "range"},
		{"saved", "dTile", "carried"},
		{"h", "hPrev", "dH"},
		{"c", "cOperand", "dCOperand"},
		{"cInput", "c", "dCInput"},
		{"vectors", "output", "dOutput"},
		{"H", "h", "dh"},
		{"_", "__", "rows_"},
	} {
		for turn := range 3 {
			a, b, c := names[turn], names[(turn+1)%3], names[(turn+2)%3]
			f := parse(t, strings.NewReplacer("STATE", a, "OPERAND", b, "INPUT", c).Replace(
				"func f\nparam k ()\ninput INPUT\nstate STATE = elementwise\noperand OPERAND\nvector k\ngiven INPUT\noutput\nv1 = vector[0]\nv2 = given[0]\nv4 = add v1 v2\nv6 = saved[0]\nv7 = add v4 v6\noperand[0] <- v7\noutput <- v7"))
			backward := parse(t, strings.NewReplacer("STATE", a, "OPERAND", b, "INPUT", c).Replace(
				"func f\nparam k ()\ninput INPUT\nstate STATE = elementwise\noperand OPERAND\nvector k\ngiven INPUT\ngiven x\noutput\nv1 = vector[0]\nv2 = given[0]\nv5 = add v1 v2\nv6 = doperand[0]\nv7 = doutput\nv8 = carried[0]\nv9 = add v8 v7\ndgiven[1] <- v9\ndgiven[0] <- v5\ndvector[0] <- v6"))
			backward.Backward = true
			for _, f := range []*Func{f, backward} {
				f.Columns.Only = true // with the rows of all states
				f.Columns.Vectors = []int{0}
				taken := map[string]bool{"rows": true, "stride": true, VectorStride: true}
				for _, r := range f.Rows() {
					if taken[r.Name] || !token.IsIdentifier(r.Name) {
						t.Errorf("%v: rows are named %s", names, r.Name)
					}
					taken[r.Name] = true
				}
			}
		}
	}
}

// TestRowsOfInputs expects rows of numbers, which all units of a row read, to follow each other,
// and rows of cotangents and of other inputs to be a stride apart.
func TestRowsOfInputs(t *testing.T) {
	f := parse(t, "func f\ninput n ()\ninput u (hidden)\noutput\ngiven n\ngiven u\ngiven x\na = given[0]\nb = given[1]\nc = given[2]\nd = add a b\ne = add d c\noutput <- e\ndgiven[0] <- a")
	got := make(map[string]bool)
	for _, r := range f.Rows() {
		got[r.Name] = r.Strided
	}
	f.Backward = true
	for _, r := range f.Rows() {
		got[r.Name] = r.Strided
	}
	for name, want := range map[string]bool{"nInput": false, "uInput": true, "xInput": true, "output": true, "dNInput": true} {
		if strided, ok := got[name]; !ok || strided != want {
			t.Errorf("%s is a stride apart: %v; all rows: %v", name, strided, got)
		}
	}
}

// TestRowsOfStates expects the kernels of the only stage to take the rows of all states, used or
// not, and those of other stages what they use.
func TestRowsOfStates(t *testing.T) {
	f := parse(t, "func f\nstate h = output\nstate c =\nstate m = elementwise\nslot 0 = x{0} h{0}\nd = dh\ndslot[0] <- d")
	f.Backward = true
	for only, want := range map[bool]string{true: "saved mPrev dH dC dM dTile dMPrev", false: "saved dH dTile"} {
		f.Columns.Only = only
		var names []string
		for _, r := range f.Rows() {
			names = append(names, r.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("the only stage: %v: rows %s, want %s", only, got, want)
		}
	}
}

// TestPlacesOfVectors checks where kernels find vectors, and the stage that this describes: a row
// has the vectors of one width, and their cotangents follow the slots'.
func TestPlacesOfVectors(t *testing.T) {
	const declared = "func f\nparam W (hidden,input)\nparam a (proj)\nparam b (hidden)\nparam c (hidden)\nstate h = output\nslot 0 = x{W}\nvector a (proj)\nvector b\nvector c\ngiven x\n"
	forward := parse(t, declared+"s = slot[0]\nb = vector[1]\nc = vector[2]\nd = add s b\ne = add d c\nh <- e\nsaved[0] <- s")
	backward := parse(t, declared+"d = dh\nx = given[0]\ns = saved[0]\ne = mul d s\ng = mul e x\ndslot[0] <- e\ndvector[2] <- g\ndgiven[0] <- d")
	backward.Backward = true
	forward.Columns = Columns{Saved: 1, Vectors: []int{1, 2}, DVectors: []int{2}}
	backward.Columns = forward.Columns
	for _, c := range []struct {
		f    *Func
		port Port
		want int
	}{
		{forward, Port{SlotIn, 0}, 0},
		{forward, Port{Vector, 1}, 0},
		{forward, Port{Vector, 2}, Units},
		{backward, Port{DSlot, 0}, 0},
		{backward, Port{DVector, 2}, Units},
		{backward, Port{Given, 0}, 0},
	} {
		list := c.f.Rows()
		r := list[RowsOf(list, c.port)]
		if got := r.Offset(c.port); got != c.want || r.Fixed != (c.port.Kind == Vector) {
			t.Errorf("%s is at %d, want %d, in one row for all: %v", c.f.PortName(c.port), got, c.want, r.Fixed)
		}
	}
	d := Describe("f", []Stage{{Width: "hidden", Forward: forward, Backward: backward}}).Stages[0]
	if got, want := fmt.Sprint(d.Vectors, d.DVectors, d.Inputs, d.DInputs), "[2 3] [1] [0] [0]"; got != want {
		t.Errorf("vectors, their cotangents, inputs and theirs are %s, want %s", got, want)
	}
}

// TestProducts groups the terms of slots by operand: neighbouring slots are one product, and a
// parameter that is used again, or transposed, has a product of its own.
func TestProducts(t *testing.T) {
	const declared = "func f\nparam W (hidden,input)\nparam V (hidden,input)\nparam A (hidden,hidden)\nparam B (hidden,hidden)\nparam C (hidden,hidden)\nparam b\ninput u (input)\nstate h = output\nstate c =\noperand o\n"
	const before = "C" // which a stage before multiplies by
	for _, c := range []struct{ name, slots, want string }{
		{"a run of slots", "x{W} h{A} | x{V} h{B}", "x 0 [[W] [V]], h 0 [[A] [B]]"},
		{"a gap", "x{W} h{A} | h{B} | x{V}", "x 0 [[W]], x 2 [[V]], h 0 [[A] [B]]"},
		{"parameters that are summed", "x{W,V} h{A,B}", "x 0 [[W V]], h 0 [[A B]]"},
		{"operands in their order, biases last", "1{b} o{A} c{B} u{W} x{V}", "x 0 [[V]], u 0 [[W]], c 0 [[B]], o 0 [[A]], 1 0 [[b]]"},
		{"a transposed matrix", "h{A} | h{B.T}", "h 0 [[A]], h.T 1 [[B]]"},
		{"a matrix and its transpose", "h{A} | h{A.T}", "h 0 [[A]], h.T 1 [[A]]"},
		{"a matrix again, in a copy", "h{A} | o{A}", "h 0 [[A]], o 1 [[A]]"},
		{"a matrix alone and in a sum", "h{A,B} | h{B}", "h 0 [[A]], h 0 [[B]], h 1 [[B]]"},
		{"a matrix alone, then in a sum", "h{B} | h{A,B,C}", "h 0 [[B] [A]], h 1 [[B]], h 1 [[C]]"},
		{"a matrix of another stage, in a copy", "h{C} | h{B}", "h 1 [[B]], h 0 [[C]]"},
		{"two copies, after what one of them copies", "h{C} h{B.T} | h{B}", "h.T 0 [[B]], h 0 [[C] [B]]"},
		{"a copy of what the first operand multiplies", "c{B} h{C} | h{B}", "h 1 [[B]], h 0 [[C]], c 0 [[B]]"},
	} {
		text := declared
		for i, s := range strings.Split(c.slots, " | ") {
			text += fmt.Sprintf("slot %d = %s\n", i, s)
		}
		f := parse(t, text)
		finder := &productFinder{used: make(map[int]bool), uses: make(map[int]int)}
		finder.count(f)
		for i, p := range f.Params {
			finder.used[i] = p.Name == before
		}
		var got []string
		for _, p := range finder.products(f) {
			var sums [][]string
			for _, sum := range p.Sums {
				var names []string
				for _, i := range sum {
					names = append(names, f.Params[i].Name)
				}
				sums = append(sums, names)
			}
			got = append(got, fmt.Sprint(p.Operand, map[bool]string{true: ".T"}[p.Transposed], " ", p.First, " ", sums))
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s: products are %s, want %s", c.name, text, c.want)
		}
	}
}

// TestAwkwardStates expects ports of states to have names of their own, and to read back.
func TestAwkwardStates(t *testing.T) {
	names := []string{"h", "hprev", "dh", "dhprev", "doutput", "output", "d", "prev", "state", "slot", "dslot", "h1"}
	text := "func f\n"
	for _, name := range names {
		text += "state " + name + " = elementwise\n"
	}
	f := parse(t, text+"output\n")
	b := NewBuilder(f)
	sum := b.Input("", DOutput, 0)
	for i := range names {
		b.Return(b.Input("", Prev, i), Next, i)
		b.Return(b.Input("", DNext, i), DPrev, i)
	}
	b.Return(sum, Output, 0)
	g := parse(t, f.String())
	if g.String() != f.String() {
		t.Errorf("reads back as\n%s, not\n%s", g, f)
	}
	for i, v := range f.Values {
		if g.Values[i].Port != v.Port {
			t.Errorf("port %v reads back as %v", v.Port, g.Values[i].Port)
		}
	}
}
