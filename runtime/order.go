package runtime

// panelOrder is the order of the home of all parameters of a kind.
type panelOrder struct {
	*Layer
	of int
}

// each calls do for every slot, with an array outside.
func (o panelOrder) each(values []float32, k kept, do func(e exchange)) {
	w := Weights{}
	*[]*[]float32{&w.Kernel, &w.Recurrent, &w.Bias}[o.of] = values
	home := o.token[o.of]
	for slot := range o.homes[home].sums {
		do(o.exchange(w, place{home, slot}, k))
	}
}

func (o panelOrder) enter(inside, outside []float32) {
	o.each(outside, o.kept, func(e exchange) {
		if o.owns(o.token[o.of], inside) {
			e.remember()
		}
		e.enter(inside)
	})
}

func (o panelOrder) leave(inside, outside []float32) {
	o.each(outside, o.keptOf(o.token[o.of], inside), func(e exchange) { e.leave(inside) })
}

// owns reports whether values are the layer's own, and not, say, what an optimizer
// remembers of them.
func (l *Layer) owns(home int, values []float32) bool {
	own := l.arrays[home]
	return len(own) > 0 && &own[0] == &values[0]
}

// keptOf returns what the layer has kept of values, if they are its own.
func (l *Layer) keptOf(home int, values []float32) kept {
	if l.owns(home, values) {
		return l.kept
	}
	return nil
}

// paramOrder is the order of one parameter in its home.
type paramOrder struct {
	*Layer
	home, param int
}

// slot returns the parameter's slot, with arrays outside for all that are summed in it. One
// that is not nil is the parameter's own.
func (o paramOrder) slot(outside []float32, k kept) exchange {
	at := o.place[o.param]
	w := Weights{Params: make(map[string][]float32)}
	for _, i := range o.homes[at.home].sums[at.slot] {
		if i == o.param && outside != nil {
			w.Params[o.Description.Params[i].Name] = outside
		} else {
			w.Params[o.Description.Params[i].Name] = make([]float32, o.size(i))
		}
	}
	return o.exchange(w, at, k)
}

func (o paramOrder) leave(inside, outside []float32) {
	o.slot(outside, o.keptOf(o.home, inside)).leave(inside)
}

// enter sets the parameter. Parameters that share its slot keep the values that leave has of
// them.
func (o paramOrder) enter(inside, outside []float32) {
	e := o.slot(nil, o.keptOf(o.home, inside))
	if len(e.params) > 1 {
		e.leave(inside)
	}
	for i, param := range e.params {
		if param == o.param {
			e.outside[i].values = outside
		}
	}
	if o.owns(o.home, inside) {
		e.remember()
	}
	e.enter(inside)
}
