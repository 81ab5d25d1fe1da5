package grad

import (
	"math"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/ir"
)

const two = "func f\nstate h = output\nstate c = elementwise\nslot 0 = x{0} h{0}\nslot 1 = x{1} h{1}\na = slot[0]\nb = slot[1]\nc = cprev\n"

// run computes the results of a graph for a = 2, b = −3, c = 0.5, dh = 5 and
// dc = 7, and other numbers for other ports.
func run(f *ir.Func) map[string]float64 {
	in := map[string]float64{
		"slot[0]": 2, "slot[1]": -3, "cprev": 0.5, "hprev": 0.5, "dh": 5, "dc": 7,
		"vector[0]": 4, "vector[1]": -2, "given[0]": 0.25, "doperand[0]": 11, "doutput": 13,
	}
	values := make(map[*ir.Value]float64)
	for _, v := range f.Values {
		var x []float64
		for _, a := range v.Args {
			x = append(x, values[a])
		}
		switch {
		case v.IsInput():
			values[v] = in[f.PortName(v.Port)]
		case v.IsConst():
			values[v] = v.Const
		default:
			values[v] = v.Op.Define(x)
		}
	}
	out := make(map[string]float64)
	for _, r := range f.Results {
		out[f.PortName(r.Port)] = values[r.Value]
	}
	return out
}

// TestReverse checks derivatives computed by hand. Accumulation goes wrong for values
// that are used twice, results that are inputs, and inputs that nothing uses.
func TestReverse(t *testing.T) {
	for _, c := range []struct {
		lines     string
		da, db, d float64
	}{
		{"p = mul a b\nh <- p\nc <- a", 5*-3 + 7, 5 * 2, 0},
		{"p = mul a a\nh <- p\nc <- p", (5 + 7) * 4, 0, 0},
		{"p = add a a\nq = mul p p\nh <- q\nc <- p", 5*8*2 + 7*2, 0, 0},
		{"h <- a\nc <- a", 12, 0, 0},
		{"h <- c\nc <- c", 0, 0, 12},
		{"p = sub a b\nq = mul p c\nh <- q\nc <- p", 5*0.5 + 7, -5*0.5 - 7, 25},
		{"p = div a b\nh <- p\nc <- c", 5.0 / -3, -5 * 2.0 / 9, 7},
		{"p = exp c\nq = mul p p\nh <- q\nc <- b", 0, 7, 5 * 2 * math.Exp(1)},
		{"p = max a b\nq = relu b\nr = add p q\nh <- r\nc <- q", 5, 0, 0},
		{"k = 3\np = mul k a\nunused = tanh b\nh <- p\nc <- k", 15, 0, 0},
		{"p = step a\nq = neg b\nr = wins q c\ns = mul p r\nh <- s\nc <- s", 0, 0, 0},
		{"q = neg b\np = where q c a\nh <- p\nc <- c", 0, 0, 12},
		{"p = cos c\nq = sin p\nh <- q\nc <- a", 7, 0, -5 * math.Cos(math.Cos(0.5)) * math.Sin(0.5)},
	} {
		f, err := ir.Parse(two + c.lines)
		if err != nil {
			t.Fatal(err)
		}
		before := run(f)
		if err := Reverse(f); err != nil {
			t.Fatal(err)
		}
		if err := f.Verify(); err != nil {
			t.Fatalf("%v\n%s", err, f)
		}
		got := run(f)
		for port, want := range map[string]float64{"dslot[0]": c.da, "dslot[1]": c.db, "dcprev": c.d, "h": before["h"], "c": before["c"]} {
			if x, ok := got[port]; !ok || math.Abs(x-want) > 1e-13*max(1, math.Abs(want)) {
				t.Errorf("%s: %s is %v, want %v\n%s", strings.ReplaceAll(c.lines, "\n", "; "), port, x, want, f)
			}
		}
	}
}

func TestReverseWantsBothStates(t *testing.T) {
	for _, lines := range []string{"", "h <- a", "c <- a"} {
		f, err := ir.Parse(two + lines)
		if err != nil {
			t.Fatal(err)
		}
		if Reverse(f) == nil {
			t.Errorf("%q is differentiated", lines)
		}
	}
}

// TestReverseOfPrimitive expects a panic: primitives of lowerings have no derivative.
func TestReverseOfPrimitive(t *testing.T) {
	f, err := ir.Parse(two + "p = fma a b c\nh <- p\nc <- p")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("fma is differentiated")
		}
	}()
	_ = Reverse(f)
}

// TestReverseConstants expects a constant that is an operand in two widths to get no cotangent,
// which would have both.
func TestReverseConstants(t *testing.T) {
	f, err := ir.Parse(`func f
param W (proj,input)
param V (hidden,input)
state h = output
state p (proj) =
slot 0 = x{W}
slot 1 = x{V}
a = slot[0]
b = slot[1]
k = 0.5
c = add a k
d = add b k
h <- d
p <- c`)
	if err != nil {
		t.Fatal(err)
	}
	if err := Reverse(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Verify(); err != nil {
		t.Errorf("%v\n%s", err, f)
	}
}

// general has every kind of port that a forward graph of a step has.
const general = "func f\nparam A (hidden,hidden)\nparam b\nparam k ()\ninput t ()\nstate h = elementwise\noperand o\nvector b\nvector k\ngiven t\noutput\n" +
	"slot 0 = h{A}\nslot 1 = o{A}\ns = slot[0]\np = slot[1]\nh = hprev\nb = vector[0]\nk = vector[1]\nt = given[0]\n"

// TestReverseOfPorts checks, by hand, the cotangents of what enters, and that the cotangents of operands
// and of the output are taken.
func TestReverseOfPorts(t *testing.T) {
	for _, c := range []struct {
		lines string
		want  map[string]float64
	}{
		{
			"o = mul s b\ny = mul p t\nh <- y\noperand[0] <- o\noutput <- k",
			map[string]float64{"dslot[0]": 11 * 4, "dslot[1]": 5 * 0.25, "dvector[0]": 11 * 2, "dvector[1]": 13, "dgiven[0]": 5 * -3, "dhprev": 0},
		},
		{
			"o = mul s h\nh <- o\noperand[0] <- o\noutput <- o",
			map[string]float64{"dslot[0]": (5 + 11 + 13) * 0.5, "dslot[1]": 0, "dvector[0]": 0, "dvector[1]": 0, "dgiven[0]": 0, "dhprev": (5 + 11 + 13) * 2},
		},
		{
			"h <- p\noperand[0] <- b\noutput <- t",
			map[string]float64{"dslot[0]": 0, "dslot[1]": 5, "dvector[0]": 11, "dvector[1]": 0, "dgiven[0]": 13, "dhprev": 0},
		},
	} {
		f, err := ir.Parse(general + c.lines)
		if err != nil {
			t.Fatal(err)
		}
		if err := Reverse(f); err != nil {
			t.Fatal(err)
		}
		if err := f.Verify(); err != nil {
			t.Fatalf("%v\n%s", err, f)
		}
		got := run(f)
		for port, want := range c.want {
			if x, ok := got[port]; !ok || math.Abs(x-want) > 1e-13*max(1, math.Abs(want)) {
				t.Errorf("%s: %s is %v, want %v\n%s", strings.ReplaceAll(c.lines, "\n", "; "), port, x, want, f)
			}
		}
	}
}

// TestReverseWantsAll expects errors for graphs that do not return an operand or the output.
func TestReverseWantsAll(t *testing.T) {
	for lines, want := range map[string]string{
		"h <- s\noutput <- s":     "f does not return operand[0]",
		"h <- s\noperand[0] <- s": "f does not return output",
	} {
		f, err := ir.Parse(general + lines)
		if err != nil {
			t.Fatal(err)
		}
		if err := Reverse(f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", lines, err, want)
		}
	}
}
