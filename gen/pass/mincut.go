package pass

import "math"

// network is a flow network for minimum vertex cuts. Vertex k is split into an entry 2k
// and an exit 2k+1, joined by an arc whose capacity is the cost of cutting the vertex;
// all other arcs have unlimited capacity.
type network struct {
	arcs         []arc
	out          [][]int // arcs that leave a node; arc i^1 is the reverse of arc i
	source, sink int
}

type arc struct{ to, capacity int }

const unlimited = math.MaxInt

func newNetwork(vertices int) *network {
	return &network{out: make([][]int, 2*vertices+2), source: 2 * vertices, sink: 2*vertices + 1}
}

func (n *network) vertex(k, cost int) { n.arc(2*k, 2*k+1, cost) }
func (n *network) edge(from, to int)  { n.arc(2*from+1, 2*to, unlimited) }
func (n *network) fromSource(k int)   { n.arc(n.source, 2*k, unlimited) }
func (n *network) toSink(k int)       { n.arc(2*k+1, n.sink, unlimited) }

func (n *network) arc(from, to, capacity int) {
	n.out[from] = append(n.out[from], len(n.arcs))
	n.arcs = append(n.arcs, arc{to, capacity})
	n.out[to] = append(n.out[to], len(n.arcs))
	n.arcs = append(n.arcs, arc{from, 0})
}

// cut returns, in order, the vertices of the minimum cut that is nearest to the sink
// (Ford & Fulkerson 1956; shortest augmenting paths, Edmonds & Karp 1972).
func (n *network) cut() []int {
	for n.augment() {
	}
	reaches := n.reachesSink()
	var cut []int
	for k := range (len(n.out) - 2) / 2 {
		if !reaches[2*k] && reaches[2*k+1] {
			cut = append(cut, k)
		}
	}
	return cut
}

// augment pushes flow along a shortest path, and reports whether it found a path.
func (n *network) augment() bool {
	via := make([]int, len(n.out)) // the arc by which a node was reached
	for i := range via {
		via[i] = -1
	}
	queue := []int{n.source}
	for len(queue) > 0 && via[n.sink] < 0 {
		at := queue[0]
		queue = queue[1:]
		for _, i := range n.out[at] {
			if to := n.arcs[i].to; n.arcs[i].capacity > 0 && via[to] < 0 && to != n.source {
				via[to] = i
				queue = append(queue, to)
			}
		}
	}
	if via[n.sink] < 0 {
		return false
	}
	flow := unlimited
	for at := n.sink; at != n.source; at = n.arcs[via[at]^1].to {
		flow = min(flow, n.arcs[via[at]].capacity)
	}
	if flow == unlimited {
		panic("pass: a value that must be saved cannot be saved")
	}
	for at := n.sink; at != n.source; at = n.arcs[via[at]^1].to {
		if n.arcs[via[at]].capacity != unlimited {
			n.arcs[via[at]].capacity -= flow
		}
		if n.arcs[via[at]^1].capacity != unlimited {
			n.arcs[via[at]^1].capacity += flow
		}
	}
	return true
}

// reachesSink returns the nodes from which more flow could reach the sink.
func (n *network) reachesSink() []bool {
	reaches := make([]bool, len(n.out))
	reaches[n.sink] = true
	queue := []int{n.sink}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, i := range n.out[at] {
			from := n.arcs[i].to
			if n.arcs[i^1].capacity > 0 && !reaches[from] {
				reaches[from] = true
				queue = append(queue, from)
			}
		}
	}
	return reaches
}
