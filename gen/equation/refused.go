package equation

// statements are words that begin no line, and what to write instead.
var statements = map[string]string{
	"for": loops, "while": loops, "loop": loops, "repeat": loops, "scan": loops,
	"if":     "conditions are written select(c, a, b): a where c > 0",
	"return": `what a cell returns is written "output" and an expression`,
	"param":  declared, "weight": declared, "bias": declared,
	"let": `an equation is written without "let"`,
}

const declared = `parameters are declared "matrix", "vector" or "scalar"`

const loops = "loops are not compiled: write their steps out, an equation each"

// The messages about functions that are not in this version, after their names.
const (
	reduction = "reads other units: cells with reductions over units are not compiled"
	blocks    = "makes a block-diagonal matrix: cells with block-diagonal matrices are not compiled"
	random    = "draws random numbers: cells with random masks are not compiled"
	outer     = "makes a matrix: cells with matrix-valued states are not compiled"
	product   = `is a product: it is written W @ x, with a matrix on the left`
	joined    = "joins or cuts vectors: write a product for each part, such as W @ a + V @ b"
	transpose = "transposes: write W.T @ x"
)

// refusals are functions that cells elsewhere have, and why cells here do not.
var refusals = []struct {
	why   string
	names []string
}{
	{reduction, []string{
		"softmax", "log_softmax", "logsumexp", "layer_norm", "layernorm", "rms_norm", "rmsnorm", "group_norm", "batch_norm", "norm", "normalize",
		"cumsum", "cumprod", "cumax", "cummax", "mean", "sum", "prod", "var", "std", "argmax",
	}},
	{blocks, []string{"block_diagonal", "block_diag", "blockdiag"}},
	{random, []string{"dropout", "zoneout", "bernoulli", "rand", "randn", "random", "mask"}},
	{outer, []string{"outer"}},
	{product, []string{"matmul", "matvec", "dot", "mm", "bmm", "einsum", "linear"}},
	{joined, []string{"concat", "concatenate", "cat", "stack", "split", "chunk", "slice"}},
	{transpose, []string{"transpose", "T"}},
}

// refused has the reason of each name among refusals.
var refused = map[string]string{}

func init() {
	for _, r := range refusals {
		for _, name := range r.names {
			refused[name] = r.why
		}
	}
}
