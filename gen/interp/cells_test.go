package interp

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/gen/grad"
	"github.com/cellgen/cellgen/gen/ir"
)

// cells are forward graphs. Slots stand first, before what their products multiply.
var cells = map[string]string{
	"gru": `func gru
param Wr (hidden,input)
param Wz (hidden,input)
param Wn (hidden,input)
param Ur (hidden,hidden)
param Uz (hidden,hidden)
param Un (hidden,hidden)
param br
param bz
param bn
state h = output elementwise
operand rh
slot 0 = x{Wr} h{Ur} 1{br}
slot 1 = x{Wz} h{Uz} 1{bz}
slot 2 = x{Wn} rh{Un} 1{bn}
s0 = slot[0]
s1 = slot[1]
s2 = slot[2]
h = hprev
one = 1
r = sigmoid s0
z = sigmoid s1
n = tanh s2
rest = sub one z
new = mul rest n
old = mul z h
next = add new old
rh = mul r h
h <- next
operand[0] <- rh`,

	"lstmp": `func lstmp
param Wi (hidden,input)
param Wf (hidden,input)
param Wg (hidden,input)
param Ui (hidden,proj)
param Uf (hidden,proj)
param Ug (hidden,proj)
param P (proj,hidden)
param bf
state h (proj) = output
state c = elementwise
operand m
slot 0 = m{P}
slot 1 = x{Wi} h{Ui}
slot 2 = x{Wf} h{Uf} 1{bf}
slot 3 = x{Wg} h{Ug}
h = slot[0]
s1 = slot[1]
s2 = slot[2]
s3 = slot[3]
c = cprev
i = sigmoid s1
f = sigmoid s2
g = tanh s3
kept = mul f c
new = mul i g
cnext = add kept new
t = tanh cnext
m = mul i t
h <- h
c <- cnext
operand[0] <- m`,

	// Inputs beside x: one number a row, in two widths, and a vector; x read elementwise; the
	// vector b and the scalar g as operands and in products, g in two widths; A multiplied
	// thrice, once transposed; W twice; the delayed input p, which W multiplies; an output that
	// is not a state, of a width of its own.
	"mixed": `func mixed
param W (hidden,input)
param V (hidden,aux)
param A (hidden,hidden)
param R (aux,hidden)
param b
param g ()
param k ()
input dt ()
input u (aux)
state h = elementwise
state p (input) =
operand hn
operand q
vector b
vector g
vector g (aux)
vector k (aux)
given x (input)
given dt
given dt (aux)
given u (aux)
output (aux)
slot 0 = x{W} u{V} 1{b}
slot 1 = h{A}
slot 2 = h{A.T}
slot 3 = p{W} q{A}
slot 4 = hn{R}
s0 = slot[0]
s1 = slot[1]
s2 = slot[2]
s3 = slot[3]
s4 = slot[4]
h = hprev
b = vector[0]
g = vector[1]
ga = vector[2]
ka = vector[3]
x = given[0]
dt = given[1]
dta = given[2]
u = given[3]
skew = sub s1 s2
gs = mul g skew
sum = add s0 gs
bd = mul b dt
sum2 = add sum bd
n = tanh sum2
q = mul n h
s3t = sigmoid s3
hn = mul n s3t
hm = add hn h
s4k = add s4 ka
s4t = tanh s4k
y1 = mul s4t ga
y2 = mul u dta
y = add y1 y2
h <- hm
p <- x
operand[0] <- hn
operand[1] <- q
output <- y`,

	// An operand that is a state, two operands of one level, and a state that only starts
	// products of the next step; a constant leaves.
	"lem": `func lem
param W (hidden,input)
param U (hidden,hidden)
param M (hidden,hidden)
param N (8,hidden)
param O (hidden,8)
state z = elementwise
state h = output elementwise
state e (8) =
state k =
operand zn
operand th
slot 0 = x{W} h{U}
slot 1 = zn{M} th{U} e{O}
slot 2 = zn{N} th{N}
s0 = slot[0]
s1 = slot[1]
s2 = slot[2]
z = zprev
h = hprev
half = 0.5
a = sigmoid s0
d = sub h z
ad = mul a d
zn = add z ad
th = tanh h
t1 = tanh s1
ht = mul half h
hn = add ht t1
e = tanh s2
z <- zn
h <- hn
e <- e
k <- half
operand[0] <- zn
operand[1] <- th`,

	// The output's state starts at −∞: m' = max(f + m, i), n' = exp(f + m − m')·n + exp(i − m').
	"log": `func log
param Wi (hidden,input)
param Wf (hidden,input)
param Rf (hidden,hidden)
state m = elementwise -Inf
state n = output elementwise
slot 0 = x{Wi}
slot 1 = x{Wf} n{Rf}
i = slot[0]
f = slot[1]
m = mprev
n = nprev
fm = add f m
mn = max fm i
di = sub i mn
df = sub fm mn
ei = exp di
ef = exp df
kept = mul ef n
nn = add kept ei
m <- mn
n <- nn`,

	"batched": `func batched
param W (hidden,input)
param V (hidden,hidden)
param U (hidden,hidden)
param w
state h = output elementwise
state p =
operand a
vector w
slot 0 = x{W}
slot 1 = a{V} p{U}
slot 2 = h{U}
s0 = slot[0]
s1 = slot[1]
s2 = slot[2]
h = hprev
w = vector[0]
a = tanh s0
aw = mul a w
b = sigmoid s1
hw = mul h w
sum = add hw s2
sum2 = add sum b
hn = tanh sum2
h <- hn
p <- aw
operand[0] <- a`,

	// The choice is the last use of a, which is its first operand and its last.
	"chosen": `func chosen
param W (hidden,input)
state h = output elementwise
slot 0 = x{W}
s = slot[0]
h = hprev
a = tanh s
c = where a h a
p = sin c
q = tanh c
d = sub p q
next = mul d h
h <- next`,
}

// size returns the size of a run of a cell. The log cell's matrices multiply x and n alike.
func size(name string, hidden int) Size {
	s := Size{Steps: 3, Batch: 2, Input: 3, Hidden: hidden, Widths: map[string]int{"proj": 2, "aux": 5}}
	if name == "log" {
		s.Input = hidden
	}
	return s
}

// forward returns the forward graph of a cell.
func forward(t testing.TB, name string) *ir.Func {
	t.Helper()
	f, err := ir.Parse(cells[name])
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f
}

// joint returns the definition of a cell.
func joint(t testing.TB, name string) *ir.Func {
	t.Helper()
	f := forward(t, name)
	if err := grad.Reverse(f); err != nil {
		t.Fatal(err)
	}
	f.Check("grad")
	return f
}

// draw gives all arrays numbers in ±1 of float32, except initial states of −∞.
func draw(in *Inputs, seed uint64) *Inputs {
	r := rand.New(rand.NewPCG(seed, 1))
	for i, a := range in.Arrays {
		data := make([]float64, a.Len())
		for j := range data {
			data[j] = float64(float32(2*r.Float64() - 1))
		}
		if len(a.Data) == 0 || !math.IsInf(a.Data[0], 0) {
			in.Arrays[i].Data = data
		}
	}
	return in
}
