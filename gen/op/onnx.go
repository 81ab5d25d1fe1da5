package op

// onnx is an operator of ONNX applied to operands.
func onnx(name string, operands ...*Expr) *Expr {
	return (&Op{Name: name, Kind: Foreign, Arity: len(operands)}).Of(operands...)
}

// Foreign returns the operator over X0, X1, … as ONNX has it: in operators of the kind Foreign, whose
// names are ONNX's, and in rows of the table, which have a Foreign of their own. It is nil for an
// operator that works on the bits of numbers, which ONNX does not have.
func (o *Op) Foreign() *Expr {
	for _, e := range []*Expr{o.ONNX, o.Meaning, o.Lowering} {
		if e != nil {
			return e
		}
	}
	return nil
}
