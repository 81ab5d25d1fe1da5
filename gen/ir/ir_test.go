package ir

import (
	"math"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/op"
)

func TestText(t *testing.T) {
	f := parse(t, sample)
	if got := f.String(); got != sample {
		t.Errorf("reads back as\n%s", got)
	}
	if v := named(f, "p1"); v.Node != 1 || v.Op != op.Mul || v.Args[0] != named(f, "x1") || v.Args[1] != f.Input(Port{SlotIn, 2}) {
		t.Errorf("p1 reads as %+v", v)
	}
	if named(f, "t1").Const != 0.5 || named(f, "t1").Node != NoNode || f.Result(Port{Next, 1}) != named(f, "a0") {
		t.Error("a constant, a node or a result reads wrong")
	}
	if got := f.Sum(1); got != "x·W0 + x·W2 + h·U0 + h·U2" || f.Slots[1].Width != WidthHidden {
		t.Errorf("slot 1 reads as %s of width %s", got, f.Slots[1].Width)
	}
	if f.Saved() != 2 || f.Input(Port{SlotIn, 9}) != nil || f.Result(Port{DSlot, 9}) != nil {
		t.Error("ports are miscounted")
	}
}

// TestConstants expects constants to read back bit for bit.
func TestConstants(t *testing.T) {
	for _, c := range []float64{0, math.Copysign(0, -1), 1.0 / 3, 5e-324, math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN(), 0x1.715476p+0} {
		f := &Func{Name: "f", Values: []*Value{{Name: "c", Node: NoNode, Const: c}}}
		got := parse(t, f.String()).Values[0]
		if !got.IsConst() || math.Float64bits(got.Const) != math.Float64bits(c) && !math.IsNaN(c) || math.IsNaN(got.Const) != math.IsNaN(c) {
			t.Errorf("%v reads back as %v", c, got.Const)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "1: missing line func"},
		{"slot 0 = x{0}\n", "1: missing line func"},
		{"func f\n\n; a comment\nwhat is this", "4: unknown line"},
		{"func f\nslot 0 = x", "2: invalid leaf"},
		{"func f\nslot 0 = {", "2: unknown side"},
		{"func f\nslot 0 = {0}", "2: unknown side"},
		{"func f\nslot 0 = é{0}", "2: "},
		{"func f\nslot 0 = x{0} y{0}", "2: unknown side"},
		{"func f\nslot 1 = x{0}", `2: slot "1"; want 0`},
		{"func f\na = frob", `2: unknown operator "frob"`},
		{"func f\na = 0.5 b", `2: unknown operator "0.5"`},
		{"func f\na = neg b", "2: a uses b before its definition"},
		{"func f\na = neg a", "2: a uses a before its definition"},
		{"func f\na = 1 ; node x", `2: invalid node "x"`},
		{"func f\na = 1\nq <- a", "3: unknown port or value"},
		{"func f\nstate h = output\nstate c = elementwise\na = 1\nh <- b", "5: unknown port or value"},
		{"func f\na = 1\ndslot[x] <- a", "3: unknown port or value"},
		{"func f\na = 1\nh[0] <- a", "3: unknown port or value"},
		{"func f\na = slot[0]", "slot[0], which is out of range"},
		{"func f\na = add", "a has 0 operands"},
		{"func f\na = 1\na = 2", `name "a" is empty or taken`},
		{"func f\nstate h = output\nstate c = elementwise\na = h", "input a enters through h"},
		{"func f\nstate h = output\nstate c = elementwise\na = 1\ncprev <- a", "leaves through cprev"},
	} {
		if f, err := Parse(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, %v, want %q", c.text, f, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		sample, "", "func f", "func f\nslot 0 = x", "func f\nslot 0 = {", "func f\nslot 0 = x{", "func f\nslot 0 = x{}", "func f\nslot 0 = =",
		"func f\nslot = 1", "func f\nslot = neg slot", "func f\nfunc = 1\nh <- func", "func f\n= = 1\nc <- =", "func f\n<- = 0x1p-3\nh <- <-",
		"func f\na = slot[-1]", "func f\na = slot[99999999999999999999]", "func f\na = slot[", "func f\na = saved[0]", "func f\na = ]", "func f\na = nan\nb = -inf",
		"func f ; x\na = 1;node 7\nb = plus a a", "func f\na = 1\nb = -0\nc = select a b a b", "\xff \xff", "func f\nslot 0 = \xff\xff",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(g.String())
		if err != nil || again.String() != g.String() {
			t.Errorf("%q reads as\n%s\nand that as\n%v, %v", text, g, again, err)
		}
	})
}

// TestLive counts by hand: constants are free, an operand that dies gives its register
// to the result, and a result that nothing else uses holds a register until it leaves.
func TestLive(t *testing.T) {
	for _, c := range []struct {
		lines string
		want  int
	}{
		{"", 0},
		{"k = 1", 0},
		{"a = cprev", 1},
		{"a = cprev\nb = neg a\nc = neg b\nh <- c", 1},
		{"a = cprev\nb = dh\nc = add a b", 2},
		{"a = cprev\nb = dh\nc = dc\nd = add a b\ne = add d c", 3},
		{"a = cprev\nb = dh\nd = add a b\nc = dc\ne = add d c", 2},
		{"a = cprev\nb = neg a\nc = neg a\nd = add b c", 2},
		{"a = cprev\nb = neg a\nc = mul a a\nd = add b c\ne = add d a", 3},
	} {
		f := parse(t, "func f\nstate h = output\nstate c = elementwise\n"+c.lines)
		if got := Live(f.Values); got != c.want {
			t.Errorf("%s\nhas %d live, want %d", c.lines, got, c.want)
		}
	}
}

// TestBuilder expects unique names, shared nodes to be appended once, and a panic for
// an unbound variable.
func TestBuilder(t *testing.T) {
	f := parse(t, "func f\nstate h = output\nstate c = elementwise\na = cprev\nt1 = 2\na_2 = 3\n")
	b := NewBuilder(f)
	b.Node = 7
	square := op.Mul.Of(&op.Expr{Var: op.X0}, &op.Expr{Var: op.X0})
	got := b.Expr(op.Add.Of(square, square), map[op.Var]*Value{op.X0: f.Values[0]})
	if got.Args[0] != got.Args[1] || len(f.Values) != 5 || got.Node != 7 {
		t.Errorf("a shared node is appended twice:\n%s", f)
	}
	if v := b.Apply("a", op.Neg, got); v.Name != "a_3" {
		t.Errorf("the third a is named %s", v.Name)
	}
	b.Rename(got, "good")
	b.Rename(f.Values[0], "bad")
	if got.Name != "good" || f.Values[0].Name != "a" {
		t.Errorf("Rename makes %s and %s", got.Name, f.Values[0].Name)
	}
	f.Check("a test")
	if !panics(func() { b.Expr(square, nil) }) {
		t.Error("an unbound variable does not panic")
	}
}
