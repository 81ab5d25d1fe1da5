package equation

// Limits of a source. What exceeds one is a mistake, with its place.
const (
	MaxSource = 1 << 20 // bytes
	MaxLines  = 20_000  // items and comments
	MaxNodes  = 100_000 // names, numbers and operators
	MaxDepth  = 1_000   // parentheses that are open at once
	MaxName   = 100     // bytes of a name
	MaxWidth  = 1 << 20 // of a width that is a number

	MaxOperators = 20_000 // of a cell, with functions written out
	MaxProducts  = 1_000  // with matrices
	MaxStages    = 200    // products of a step that wait for each other
)

// limits are the rows of the reference, one for each limit.
var limits = []struct {
	most int
	of   string
}{
	{MaxSource, "bytes of a file"},
	{MaxLines, "items and comments"},
	{MaxNodes, "names, numbers and operators, as written"},
	{MaxDepth, "parentheses that are open at once"},
	{MaxName, "bytes of a name"},
	{MaxWidth, "units of a width that is a number"},
	{MaxOperators, "operators, with functions written out"},
	{MaxProducts, "products with matrices"},
	{MaxStages, "products of a step that wait for each other"},
}

// limits reports what would take too long to compile: too many operators or products, once
// functions are written out, or products that wait for each other too often.
func (c *checker) limits() {
	m := measure{depths: make(map[string]int)}
	for _, l := range c.cell.File.Lines {
		depth := 0
		switch i := l.Item.(type) {
		case *Equation:
			depth = m.of(i.X)
			m.depths[written(i.Name, i.Next)] = depth
		case *Output:
			depth = m.of(i.X)
		default:
			continue
		}
		at := l.Item.Place()
		switch {
		case depth > MaxStages:
			c.errs.Add(at, "the products of a step wait for each other more than %d times", MaxStages)
			return
		case m.operators > MaxOperators:
			c.errs.Add(at, "the equations have more than %d operators, with functions written out", MaxOperators)
			return
		case m.products > MaxProducts:
			c.errs.Add(at, "the equations have more than %d products with matrices", MaxProducts)
			return
		}
	}
}

// measure counts what equations have.
type measure struct {
	operators, products int
	depths              map[string]int // how many products of the step each value waits for
}

// of counts what an expression has, and returns how many products of the step it waits for.
func (m *measure) of(x Expr) int {
	switch x := x.(type) {
	case *Name:
		return m.depths[written(x.Text, x.Next)]
	case *Paren:
		return m.of(x.X)
	case *Product:
		m.products++
		return m.of(x.X) + 1
	case *Call:
		depth := 0
		for _, a := range x.Args {
			depth = max(depth, m.of(a))
		}
		m.operators++
		if f := functionNamed[x.Func]; f.Body != nil {
			m.of(f.Body)
		}
		return depth
	case *Chain:
		depth := m.of(x.First)
		for _, r := range x.Rest {
			depth = max(depth, m.of(r.X))
		}
		m.operators += len(x.Rest)
		if x.Negated {
			m.operators++
		}
		return depth
	}
	return 0
}
