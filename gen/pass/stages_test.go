package pass

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/grad"
	"github.com/cellgen/cellgen/gen/ir"
)

// parameters are the parameters of the cells below: matrices by their operand, hidden unless the name says
// another, a vector and a scalar.
const parameters = "param W (hidden,input);param V (hidden,input);param A;param B;param C;param D;param P (proj,hidden);param Q (hidden,proj);param S (input,input);param b;param k ();"

// forward returns the forward graph of a step. Matrices of one width in parameters are squares.
func forward(t *testing.T, lines string) *ir.Func {
	t.Helper()
	text := "func test;" + parameters + lines
	for _, square := range []string{"A", "B", "C", "D"} {
		text = strings.Replace(text, "param "+square+";", "param "+square+" (hidden,hidden);", 1)
	}
	f, err := ir.Parse(strings.ReplaceAll(text, ";", "\n"))
	if err != nil {
		t.Fatalf("%v\n%s", err, lines)
	}
	return f
}

// step returns the joint graph of a step, ready to be cut into stages.
func step(t *testing.T, lines string) *ir.Func {
	t.Helper()
	f := forward(t, lines)
	for _, p := range []func(*ir.Func) error{grad.Reverse, Simplify, EliminateCommon, EliminateDead} {
		apply(t, p, f)
	}
	return f
}

// planned returns the stages of a graph, such as "input batched, hidden".
func planned(f *ir.Func) string {
	var stages []string
	for _, s := range f.Plan {
		stages = append(stages, s.Width+map[bool]string{true: " batched"}[s.Batched])
	}
	return strings.Join(stages, ", ")
}

// staged returns the stages of values and of results, such as "n 1, h 1".
func staged(f *ir.Func, names string) string {
	var stages []string
	for _, name := range strings.Fields(names) {
		for _, v := range f.Values {
			if v.Name == name {
				stages = append(stages, fmt.Sprint(name, " ", v.Stage))
			}
		}
		for _, r := range f.Results {
			if port := f.PortName(r.Port); port == strings.TrimPrefix(name, "→") && port != name {
				stages = append(stages, fmt.Sprint(name, " ", r.Stage))
			}
		}
	}
	return strings.Join(stages, ", ")
}

// gru has the reset before the product.
const gru = "state h = output elementwise;operand rh;slot 0 = x{W} h{A};slot 1 = h{B};slot 2 = x{V} rh{C};sr = slot[0];sz = slot[1];sn = slot[2];h = hprev;r = sigmoid sr;z = sigmoid sz;rh = mul r h;n = tanh sn;a = mul z h;o = sub n a;h <- o;operand[0] <- rh"

// TestStage checks which stages cells have, and what they compute.
func TestStage(t *testing.T) {
	for _, c := range []struct{ name, lines, plan, of, want string }{
		{
			"one product, one stage", "state h = output;slot 0 = x{W} h{A};s = slot[0];n = tanh s;h <- n",
			"hidden", "s n →h →dslot[0]", "s 0, n 0, →h 0, →dslot[0] 0",
		},
		{
			"none, and one to write the state", "state h = output elementwise;slot 0 = x{W};s = slot[0];h = hprev;n = mul s h;h <- n",
			"hidden", "s n", "s 0, n 0",
		},
		{
			"a product of what a product makes", gru,
			"hidden, hidden", "r rh z n o →operand[0] →h", "r 0, rh 0, z 0, n 1, o 1, →operand[0] 0, →h 1",
		},
		{
			"backward does the last first, and each cotangent as soon as it can", gru,
			"hidden, hidden", "dh dsn dz drh dsr →dslot[0] →dslot[1] →dslot[2] →dhprev", "dh 1, dsn 1, dz 1, drh 0, dsr 0, →dslot[0] 0, →dslot[1] 0, →dslot[2] 1, →dhprev 0",
		},
		{
			"what only inputs decide, at its first use", "state h = output elementwise;operand a;slot 0 = h{A};slot 1 = x{W} a{B};slot 2 = x{V};s = slot[0];p = slot[1];q = slot[2];h = hprev;a = tanh s;g = sigmoid q;n = mul p g;h <- n;operand[0] <- a",
			"hidden, hidden", "q g p", "q 1, g 1, p 1",
		},
		{
			"an operand that is a state's next value", "state h = output elementwise;state z = elementwise;operand zNext;slot 0 = h{A};slot 1 = zNext{B};s = slot[0];p = slot[1];h = hprev;z = zprev;zNext = mul s z;n = mul p h;h <- n;z <- zNext;operand[0] <- zNext",
			"hidden, hidden", "zNext n →z →h", "zNext 0, n 1, →z 0, →h 1",
		},
		{
			"two operands on a level, one of them computed before it", "state h = output elementwise;operand th;slot 0 = h{A} th{B};s = slot[0];h = hprev;th = tanh h;n = mul s h;h <- n;operand[0] <- th",
			"hidden, hidden", "th s n", "th 0, s 1, n 1",
		},
		{
			"a delayed input that is multiplied is batched", "state h = output elementwise;state p (input) =;given x (input);slot 0 = x{W} p{V};s = slot[0];h = hprev;x = given[0];n = mul s h;h <- n;p <- x",
			"input batched, hidden", "s n →p →h", "s 1, n 1, →p 0, →h 1",
		},
		{
			"one that is not is of its width", "state h = elementwise;state p (input) = elementwise;given x (input);output (input);slot 0 = x{W};s = slot[0];h = hprev;p = pprev;x = given[0];q = mul p x;n = mul s h;h <- n;p <- x;output <- q",
			"hidden, input", "q n →p →output", "q 1, n 0, →p 1, →output 1",
		},
		{
			"an operand of inputs is batched, and its product is not", "state h = output elementwise;operand g;slot 0 = x{W};slot 1 = g{A};s = slot[0];p = slot[1];h = hprev;g = tanh s;n = mul p h;h <- n;operand[0] <- g",
			"hidden batched, hidden", "s g p n", "s 0, g 0, p 1, n 1",
		},
		{
			"an operand of an operand of inputs too", "state h = output elementwise;operand g;operand u;slot 0 = x{W};slot 1 = g{A};slot 2 = u{B} h{C};s = slot[0];p = slot[1];q = slot[2];h = hprev;g = tanh s;u = sin p;n = mul q h;h <- n;operand[0] <- g;operand[1] <- u",
			"hidden batched, hidden batched, hidden", "g u n", "g 0, u 1, n 2",
		},
		{
			"products of batched operands and of states are one stage", "state h = output elementwise;operand g;slot 0 = x{W};slot 1 = g{A} h{B};slot 2 = h{C};s = slot[0];p = slot[1];q = slot[2];h = hprev;g = tanh s;m = mul p h;n = mul m q;h <- n;operand[0] <- g",
			"hidden batched, hidden", "s g p q n", "s 0, g 0, p 1, q 1, n 1",
		},
		{
			"a batched product of a delayed input waits for it", "state h = output elementwise;state p =;operand g;slot 0 = x{W};slot 1 = p{A};slot 2 = g{B};s = slot[0];r = slot[1];q = slot[2];h = hprev;g = tanh r;n = mul q h;h <- n;p <- s;operand[0] <- g",
			"hidden batched, hidden batched, hidden", "s r g q n →p", "s 0, r 1, g 1, q 2, n 2, →p 0",
		},
		{
			"two widths are two stages", "state h (proj) = output;state c = elementwise;operand m;slot 0 = x{W} h{Q};slot 1 = m{P};s = slot[0];r = slot[1];c = cprev;n = mul s c;m = tanh n;h <- r;c <- n;operand[0] <- m",
			"hidden, proj", "n m r →h →c", "n 0, m 0, r 1, →h 1, →c 0",
		},
		{
			"what waits for nothing has the first stage of its width", "state h = output elementwise;state c = elementwise;operand a;slot 0 = h{A};slot 1 = a{B};s = slot[0];p = slot[1];c = cprev;h = hprev;a = tanh s;d = sin c;n = mul p h;h <- n;c <- d;operand[0] <- a",
			"hidden, hidden", "d n →c", "d 0, n 1, →c 0",
		},
		{
			"a state that is a constant", "state h = output;state c = elementwise;slot 0 = h{A} ;s = slot[0];c = cprev;one = 1;n = mul s c;h <- n;c <- one",
			"hidden", "→c", "→c 0",
		},
		{
			"vectors and inputs are everywhere", "state h = output elementwise;operand a;vector b;vector k;slot 0 = h{A};slot 1 = a{B};s = slot[0];p = slot[1];b = vector[0];k = vector[1];a = mul s b;m = mul p b;n = add m k;h <- n;operand[0] <- a",
			"hidden, hidden", "a n →dvector[0] →dvector[1]", "a 0, n 1, →dvector[0] 0, →dvector[1] 1",
		},
		{
			"no cotangent passes a derivative of 0: the cotangent of the slot is a constant of its stage", "state h = elementwise;operand a;output;slot 0 = h{A};slot 1 = h{D};slot 2 = a{B};s = slot[0];q = slot[1];p = slot[2];h = hprev;a = tanh s;v = tanh p;m = mul q v;y = step m;n = mul v h;h <- n;output <- y;operand[0] <- a",
			"hidden, hidden", "v dq dm →dslot[1]", "v 1, →dslot[1] 0",
		},
	} {
		f := step(t, c.lines)
		apply(t, Stage, f)
		if got := planned(f); got != c.plan {
			t.Errorf("%s: stages %s, want %s\n%s", c.name, got, c.plan, f)
		}
		if got := staged(f, c.of); got != c.want {
			t.Errorf("%s: %s, want %s\n%s", c.name, got, c.want, f)
		}
	}
}

// leaving returns the names of the values that leave through ports of a kind, with their stages.
func leaving(f *ir.Func, kind ir.PortKind) string {
	var names []string
	for _, r := range f.Results {
		if r.Port.Kind == kind {
			names = append(names, fmt.Sprint(r.Value.Name, " ", r.Stage))
		}
	}
	return strings.Join(names, ", ")
}

// TestSaveAcross checks what stages save for later ones and for backward.
func TestSaveAcross(t *testing.T) {
	for _, c := range []struct{ name, lines, want string }{
		{"gates, for a later stage and for backward", gru, "r 0, z 0, n 1"},
		{
			"what a later stage needs, and backward does not", "state h = output elementwise;operand a;slot 0 = h{A};slot 1 = h{B};slot 2 = a{C};s = slot[0];q = slot[1];p = slot[2];a = relu s;m = add p q;h <- m;operand[0] <- a",
			"q 0, a 0",
		},
		{
			"arithmetic on what is saved is free in later stages too", "state h = output;operand a;slot 0 = h{A};slot 1 = h{B};slot 2 = a{C};s = slot[0];q = slot[1];p = slot[2];a = sin s;e = mul s q;m = add p e;n = neg m;h <- n;operand[0] <- a",
			"s 0, q 0",
		},
		{
			"the old state, vectors and inputs are given to all", "state h = output elementwise;operand a;vector b;given x (input);slot 0 = h{A};slot 1 = a{C};s = slot[0];p = slot[1];b = vector[0];h = hprev;a = add s h;m = add b h;n = add p m;h <- n;operand[0] <- a",
			"",
		},
		{
			"a transcendental of a given is not given", "state h = output elementwise;operand a;slot 0 = h{A};slot 1 = a{C};s = slot[0];p = slot[1];h = hprev;u = tanh h;a = add s u;n = mul p u;h <- n;operand[0] <- a",
			"u 0, p 1",
		},
		{
			"what batched stages know", "state h = output elementwise;operand g;slot 0 = x{W};slot 1 = g{A};s = slot[0];p = slot[1];h = hprev;g = tanh s;m = mul p h;n = mul m g;h <- n;operand[0] <- g",
			"g 0, p 1",
		},
		{
			"what a batched stage computes, and a later one returns", "state h = elementwise;operand g;output;slot 0 = x{W};slot 1 = g{A};s = slot[0];p = slot[1];h = hprev;g = neg s;n = mul p h;h <- n;output <- g;operand[0] <- g",
			"g 0, p 1",
		},
		{
			"what is saved where it is computed is not saved again", "state h = output elementwise;operand a;operand e;slot 0 = h{A};slot 1 = a{B};slot 2 = e{C};s = slot[0];p = slot[1];q = slot[2];a = tanh s;e = mul p a;n = mul q a;h <- n;operand[0] <- a;operand[1] <- e",
			"a 0, p 1, q 2",
		},
	} {
		f := step(t, c.lines)
		apply(t, Stage, f)
		apply(t, Save, f)
		if got := leaving(f, ir.Saved); got != c.want {
			t.Errorf("%s: %q is saved, want %q\n%s", c.name, got, c.want, f)
		}
	}
}

// TestCarry checks what backward keeps of cotangents for the stages before.
func TestCarry(t *testing.T) {
	for _, c := range []struct{ name, lines, want string }{
		{"one stage", "state h = output elementwise;slot 0 = x{W} h{A};s = slot[0];h = hprev;n = mul s h;h <- n", ""},
		{"what only products carry back", "state h = output;operand a;slot 0 = h{A};slot 1 = a{B};s = slot[0];p = slot[1];a = tanh s;n = tanh p;h <- n;operand[0] <- a", ""},
		{
			"a skip connection", "state h = output;operand a;slot 0 = h{A};slot 1 = a{B};s = slot[0];p = slot[1];a = tanh s;m = tanh p;n = add m a;h <- n;operand[0] <- a",
			"dh 1",
		},
		{
			"a gate that the last stage uses is complete there", "state h = output;operand a;slot 0 = h{A};slot 1 = a{B};slot 2 = h{C};s = slot[0];p = slot[1];q = slot[2];a = tanh s;g = sigmoid q;n = mul p g;h <- n;operand[0] <- a",
			"dq 1",
		},
		{
			"one cotangent for two values", "state h = output;operand a;slot 0 = h{A};slot 1 = a{B};slot 2 = h{C};s = slot[0];p = slot[1];q = slot[2];a = mul s q;e = add s q;n = mul p e;h <- n;operand[0] <- a",
			"de 1",
		},
		{
			"a stage for the next but one", "state h = output;operand a;operand e;slot 0 = h{A};slot 1 = a{B};slot 2 = e{C};s = slot[0];p = slot[1];q = slot[2];a = tanh s;e = tanh p;m = tanh q;n = add m a;h <- n;operand[0] <- a;operand[1] <- e",
			"dh 2",
		},
	} {
		f := step(t, c.lines)
		for _, p := range []func(*ir.Func) error{Stage, Save, Carry} {
			apply(t, p, f)
		}
		if got := leaving(f, ir.Carried); got != c.want {
			t.Errorf("%s: %q is carried, want %q\n%s", c.name, got, c.want, f)
		}
	}
}

// TestSplitStages checks the kernels of three stages, of two widths: their slots in the order of
// operands, columns that stages of a width share, and what passes between them.
func TestSplitStages(t *testing.T) {
	f := step(t, "state h (proj) = output;state c = elementwise;operand a;operand m;vector b;vector k;vector k (proj);"+
		"slot 0 = a{A};slot 1 = h{Q};slot 2 = x{W} h{Q};slot 3 = x{V};slot 4 = m{P};"+
		"sa = slot[0];s1 = slot[1];s2 = slot[2];s3 = slot[3];sp = slot[4];c = cprev;b = vector[0];k = vector[1];kp = vector[2];"+
		"g = tanh s1;u = tanh s2;w = mul s3 k;e = mul g w;a = mul u e;v = mul sa b;n = mul v g;y = add n c;m = tanh y;r = mul sp kp;h <- r;c <- y;operand[0] <- a;operand[1] <- m")
	for _, p := range []func(*ir.Func) error{Stage, Save, Carry} {
		apply(t, p, f)
	}
	stages := Split(f)
	var got []string
	for i, s := range stages {
		for _, part := range []*ir.Func{s.Forward, s.Backward} {
			if err := part.Verify(); err != nil {
				t.Errorf("%v\n%s", err, part)
			}
		}
		for slot := range s.Forward.Slots {
			got = append(got, fmt.Sprintf("%d: %s", i, s.Forward.Sum(slot)))
		}
		forward, backward := s.Forward.Columns, s.Backward.Columns
		got = append(got, fmt.Sprint(i, ": saved ", forward.Saved, " carried ", backward.Carried, " vectors ", forward.Vectors, " dvectors ", backward.DVectors))
		got = append(got, fmt.Sprint(i, ": ", ports(s.Forward), " / ", ports(s.Backward)))
		if forward.Only || s.Forward.Backward || !s.Backward.Backward || s.Width != f.Plan[i].Width {
			t.Errorf("stage %d is %+v", i, s)
		}
	}
	want := []string{
		"0: V @ x",
		"0: W @ x + Q @ h",
		"0: Q @ h",
		"0: saved 5 carried 1 vectors [0 1] dvectors [1]",
		"0: slot[0] slot[1] slot[2] vector[1] → saved[0] saved[1] saved[2] operand[0] / carried[0] doperand[0] saved[0] saved[1] saved[2] vector[1] → dslot[0] dslot[1] dslot[2] dvector[1]",
		"1: A @ a",
		"1: saved 5 carried 1 vectors [0 1] dvectors [0]",
		"1: cprev saved[1] slot[0] vector[0] → saved[3] saved[4] c operand[1] / dc doperand[1] saved[1] saved[3] saved[4] vector[0] → dslot[0] dcprev dvector[0] carried[0]",
		"2: P @ m",
		"2: saved 1 carried 0 vectors [2] dvectors [2]",
		"2: slot[0] vector[2] → saved[0] h / dh saved[0] vector[2] → dslot[0] dvector[2]",
	}
	if text := strings.Join(got, "\n"); text != strings.Join(want, "\n") {
		t.Errorf("stages are\n%s\nwant\n%s\nof\n%s", text, strings.Join(want, "\n"), f)
	}
}

// ports returns what enters a kernel's graph, and after an arrow what leaves it.
func ports(f *ir.Func) string {
	var in, out []string
	for _, v := range f.Values {
		if v.IsInput() {
			in = append(in, f.PortName(v.Port))
		}
	}
	for _, r := range f.Results {
		out = append(out, f.PortName(r.Port))
	}
	slices.Sort(in)
	return strings.Join(in, " ") + " → " + strings.Join(out, " ")
}
