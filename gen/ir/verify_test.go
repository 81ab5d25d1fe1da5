package ir

import (
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/op"
)

// sample is a joint graph with every kind of line, and every kind of port that such a
// graph has.
const sample = `func sample
state h = output
state c = elementwise
slot 0 = x{1}
slot 1 = x{0,2} h{0,2}
slot 2 = h{1}
cprev = cprev
x1 = slot[0]                    ; node 1
p0 = slot[1]                    ; node 0
h1 = slot[2]                    ; node 1
p1 = mul x1 h1                  ; node 1
a1 = tanh p1                    ; node 1
t1 = 0.5
a0 = max p0 cprev               ; node 0
sum = add a1 t1
dh = dh
dc = dc
d1 = mul dh a0
d2 = neg dc
h <- sum
c <- a0
saved[0] <- a1
saved[1] <- a0
dslot[0] <- d1
dslot[1] <- d2
dslot[2] <- d1
dcprev <- d2
`

func parse(t *testing.T, text string) *Func {
	t.Helper()
	f, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// named returns the value with the name.
func named(f *Func, name string) *Value {
	return f.Values[slices.IndexFunc(f.Values, func(v *Value) bool { return v.Name == name })]
}

// TestVerifyFindsDamage breaks a sound graph in one way at a time.
func TestVerifyFindsDamage(t *testing.T) {
	for _, c := range []struct {
		damage string
		do     func(f *Func)
		want   string
	}{
		{"order", func(f *Func) { f.Values[4], f.Values[5] = f.Values[5], f.Values[4] }, "a1 uses p1 before its definition"},
		{"cycle", func(f *Func) { named(f, "p1").Args[0] = named(f, "sum") }, "p1 uses sum before"},
		{"itself", func(f *Func) { named(f, "a1").Args[0] = named(f, "a1") }, "a1 uses a1 before"},
		{"foreign operand", func(f *Func) { named(f, "a1").Args[0] = &Value{Name: "alien"} }, "a1 uses alien before"},
		{"no operand", func(f *Func) { named(f, "a1").Args[0] = nil }, "a1 lacks an operand"},
		{"removed value", func(f *Func) { f.Values = slices.Delete(f.Values, 4, 5) }, "a1 uses p1 before"},
		{"name twice", func(f *Func) { named(f, "p0").Name = "x1" }, `name "x1" is empty or taken`},
		{"no name", func(f *Func) { named(f, "p0").Name = "" }, `name "" is empty or taken`},
		{"value twice", func(f *Func) { f.Values = append(f.Values, f.Values[3]) }, "is empty or taken"},
		{"too few operands", func(f *Func) { v := named(f, "p1"); v.Args = v.Args[:1] }, "p1 has 1 operands, mul wants 2"},
		{"too many operands", func(f *Func) { v := named(f, "a1"); v.Args = append(v.Args, v.Args[0]) }, "a1 has 2 operands, tanh wants 1"},
		{"constant with operands", func(f *Func) { named(f, "p1").Op = nil }, "constant p1 has operands"},
		{"input and operation", func(f *Func) { named(f, "x1").Op = op.Neg }, "input x1 is an operation too"},
		{"port in twice", func(f *Func) { named(f, "dc").Port = Port{DNext, 0} }, "port dh is used twice"},
		{"port out twice", func(f *Func) { f.Results[1].Port = Port{Next, 0} }, "port h is used twice"},
		{"slot in twice", func(f *Func) { named(f, "p0").Port.Index = 0 }, "port slot[0] is used twice"},
		{"slot out of range", func(f *Func) { named(f, "h1").Port.Index = 3 }, "slot[3], which is out of range"},
		{"negative slot", func(f *Func) { named(f, "h1").Port.Index = -1 }, "slot[-1], which is out of range"},
		{"dslot out of range", func(f *Func) { f.Results[6].Port.Index = 9 }, "dslot[9], which is out of range"},
		{"gap in saved", func(f *Func) { f.Results[2].Port.Index = 2 }, "saved[2], which is out of range"},
		{"a state that is not there", func(f *Func) { f.Results[0].Port.Index = 2 }, "state[2], which is out of range"},
		{"a state that is not read", func(f *Func) { f.States[1].Elementwise = false }, "cprev reads a state that is not read elementwise"},
		{"two outputs", func(f *Func) { f.States[1].Output = true }, "2 states are the output"},
		{"two states of a name", func(f *Func) { f.States[1].Name = "h" }, `state "h" is empty or taken`},
		{"state named as the input", func(f *Func) { f.States[1].Name = "x" }, `state "x" is empty or taken`},
		{"state named as a bias's operand", func(f *Func) { f.States[1].Name = "1" }, `state "1" is empty or taken`},
		{"state without a name", func(f *Func) { f.States[0].Name = "" }, `state "" is empty or taken`},
		{"in through an exit", func(f *Func) { named(f, "dh").Port = Port{DPrev, 1} }, "input dh enters through dcprev"},
		{"out through an entry", func(f *Func) { f.Results[0].Port.Kind = SlotIn }, "a result leaves through slot[0]"},
		{"out through nothing", func(f *Func) { f.Results[0].Port.Kind = NoPort }, "a result leaves through"},
		{"foreign result", func(f *Func) { f.Results[0].Value = &Value{Name: "alien"} }, "h leaves through a value that is not in the graph"},
		{"no result", func(f *Func) { f.Results[0].Value = nil }, "h leaves through a value that is not in the graph"},
		{"slot without terms", func(f *Func) { f.Slots[2] = Slot{} }, "slot 2 has no term"},
		{"leaf in two slots", func(f *Func) { f.Slots[2].Terms = f.Slots[1].Terms[3:] }, "slot 2 sums U2, which is already summed"},
		{"leaf twice in a slot", func(f *Func) { f.Slots[0].Terms = append(f.Slots[0].Terms, f.Slots[0].Terms...) }, "slot 0 sums W1, which is already summed"},
		{"negative parameter", func(f *Func) { f.Slots[0].Terms[0].Param = -1 }, "slot 0 has parameter -1, which is out of range"},
		{"parameter out of range", func(f *Func) { f.Slots[0].Terms[0].Param = 6 }, "slot 0 has parameter 6, which is out of range"},
		{"slot of another width", func(f *Func) { f.Slots[0].Width = "proj" }, "slot 0 of width proj sums W1"},
	} {
		f := parse(t, sample)
		c.do(f)
		err := f.Verify()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.damage, err, c.want)
		}
		if !panics(func() { f.Check("a test") }) {
			t.Errorf("%s: Check does not panic", c.damage)
		}
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return
}

// TestVerifyFindsAll expects all damage in one error.
func TestVerifyFindsAll(t *testing.T) {
	f := parse(t, sample)
	named(f, "p0").Name = ""
	f.Slots[0].Terms[0].Param = -1
	f.Results[0].Port.Index = 2
	if n := strings.Count(f.Verify().Error(), "\n"); n != 2 {
		t.Errorf("three kinds of damage are\n%v", f.Verify())
	}
}
