package main

// searchFaults are in the architecture search. In the controller and in strategies they are the
// traps that public controllers have fallen into.
var searchFaults = []fault{
	{
		"operands that commute have an order", "graph.text",
		"if g[i].commutes {",
		"if false {",
	},
	{
		"where a value is used does not matter", "graph.colour",
		"combine(next[i], users[i]...)",
		"next[i]",
	},
	{
		"a parameter used twice is two", "graph.text",
		"if numbers[i] > 0 {",
		"if false {",
	},
	{
		"nodes in another order are another cell", "DAG.Canonical",
		"s.sorted(choices)",
		"choices",
	},
	{
		"the two indices swapped", "Tokens.spec",
		"indices[0], indices[1]",
		"indices[1], indices[0]",
	},
	{
		"a mutant may be its parent", "Mutate",
		"1 + r.IntN(n-1)",
		"r.IntN(n)",
	},
	{
		"a mutant has choices that do not exist", "Mutate",
		"min(mutant[i], s.Choices(mutant[:i])-1)",
		"mutant[i]",
	},

	{
		"argmax instead of sampling", "distribution.draw",
		"if v > 0 {\n\t\t\tlast = i\n\t\t}\n\t\tif u -= v; u < 0 {",
		"if v > p[last] {\n\t\t\tlast = i\n\t\t}\n\t\tif u -= v; u < -1 {",
	},
	{
		"choices are drawn that do not exist", "Controller.Sample",
		"[:c.space.Choices(sequences[b])]",
		"[:d.Choices]",
	},
	{
		"the log-probability of another action", "Controller.gradient",
		"if i == choice {",
		"if i == (choice+1)%len(p) {",
	},
	{
		"choices that do not exist have gradients", "Controller.gradient",
		"clear(logits)",
		"_ = logits",
	},
	{
		"hidden state of the batch before, drawing", "recurrent.begin",
		"n.state, err = n.stack.NewState(rows)",
		"if n.state == nil || n.state.Rows() != rows {\n\t\tn.state, err = n.stack.NewState(rows)\n\t}",
	},
	{
		"hidden state of the batch before, learning", "recurrent.forward",
		"tokens := make",
		"if n.state != nil && n.state.Rows() == rows {\n\t\tstate = n.state\n\t}\n\ttokens := make",
	},
	{
		"the choice is not fed back", "recurrent.step",
		"n.first[t-1] + c",
		"n.first[t-1] + 0*c",
	},
	{
		"a baseline that is carried over", "Controller.Restore",
		"adam, s.Updates, nil",
		"adam, s.Updates, c.baseline",
	},
	{
		"the baseline has the batch in it", "Controller.Update",
		"c.rows(episodes, best, report.Baseline)",
		"c.rows(episodes, best, report.Reward)",
	},
	{
		"the baseline forgets", "Controller.Update",
		"c.config.BaselineDecay*report.Baseline",
		"0*report.Baseline",
	},
	{
		"weights with which nothing is finite are kept", "Controller.step",
		"copy(p.Value, before[i])",
		"_, _ = p, i",
	},
	{
		"NaN in the moving baseline", "Controller.Update",
		"math.IsNaN(e.Reward) || math.IsInf(e.Reward, 0)",
		"math.IsInf(e.Reward, 0)",
	},
	{
		"entropy added to the reward", "Controller.gradient",
		"d := rows[b].log * v\n\t\t\tif i == choice {\n\t\t\t\td -= rows[b].log",
		"d := (rows[b].log + rows[b].entropy*h) * v\n\t\t\tif i == choice {\n\t\t\t\td -= rows[b].log + rows[b].entropy*h",
	},
	{
		"entropy without a gradient", "Controller.gradient",
		"rows[b].entropy*v*(p.log(i)+h)",
		"0*h",
	},
	{
		"less entropy is better", "Controller.gradient",
		"d + rows[b].entropy",
		"d - rows[b].entropy",
	},
	{
		"less reward is better", "Controller.rows",
		"(e.Reward - baseline) / n",
		"(baseline - e.Reward) / n",
	},

	{
		"a loss taken for a reward", "ReinforceConfig.rewards",
		"p.quantile(s.Standing)",
		"s.Loss",
	},
	{
		"perplexity taken for a reward", "ReinforceConfig.rewards",
		"math.Exp(-2*s.Loss)",
		"math.Exp(2*s.Loss)",
	},
	{
		"children that failed have a loss of 0", "ReinforceConfig.rewards",
		"case s.Failed:",
		"case false:",
	},
	{
		"NaN is a loss", "ledger.score",
		"r.Dead || math.IsNaN(r.Loss) ||",
		"r.Dead ||",
	},
	{
		"a dead child's loss counts", "ledger.score",
		"r.Dead || math.IsNaN(r.Loss) ||",
		"math.IsNaN(r.Loss) ||",
	},
	{
		"results in another order", "ledger.score",
		"if r.Trial != p.Trial {",
		"if r.Trial > p.Trial+len(results) {",
	},
	{
		"the best of the first batch", "ledger.settle",
		"s.compare(*l.Top) < 0",
		"s.Trial < len(scored) && s.compare(*l.Top) < 0",
	},
	{
		"always the first batch", "ledger.propose",
		"l.generator(l.Next+i)",
		"l.generator(i)",
	},
	{
		"every seed proposes the same", "ledger.generator",
		"byte(l.seed>>(8*i))",
		"0*byte(l.seed>>(8*i))",
	},
	{
		"entropy in the selection", "Reinforce.Learn",
		"Reward: reward}",
		"Reward: reward + r.config.Controller.Entropy}",
	},
	{
		"the youngest die", "Evolution.Learn",
		"all[max(0, len(all)-e.config.Population):]",
		"all[:min(len(all), e.config.Population)]",
	},
	{
		"the worst of a tournament wins", "Evolution.parent",
		"other.compare(winner) < 0",
		"winner.compare(other) < 0",
	},
	{
		"losses of different rungs are compared", "Standing.Compare",
		"cmp.Compare(than.Rung, s.Rung)",
		"0",
	},

	{
		"a torn line stays", "Journal.begin",
		"f.Truncate(j.size)",
		"f.Truncate(info.Size())",
	},
	{
		"whatever a file ends with is a torn line", "torn",
		"return string(rest[:n]) == opening[:n]",
		"return n >= 0",
	},
	{
		"lines may be missing", "Entry.line",
		"crc32.Update(before, castagnoli, record)",
		"crc32.Update(version, castagnoli, record)",
	},
	{
		"a batch that is not on the disk counts", "Journal.Append",
		"j.err = err // what",
		"return nil // what",
	},
	{
		"half a batch stays on a full disk", "Journal.Append",
		"errors.Join(j.file.Truncate(j.size), j.file.Sync())",
		"j.file.Sync()",
	},
	{
		"two coordinators of one study", "Journal.begin",
		"err != nil && !errors.Is(err, errors.ErrUnsupported)",
		"errors.Is(err, errors.ErrUnsupported)",
	},

	{
		"a tail reads lines twice", "Tail.Next",
		"f.Seek(t.size, io.SeekStart)",
		"f.Seek(0, io.SeekStart)",
	},
	{
		"half a line of starts joins the next", "appendLine",
		"if last[0] != '\\n' {",
		"if false {",
	},
	{
		"a replay writes", "Study.commit",
		"case s.journal == nil:",
		"case false:",
	},
	{
		"repeats count for a score", "Run.Score",
		"r.Seed == 0 && (",
		"(",
	},
	{
		"a cell that is proposed again is another cell tried", "Summary.addBatch",
		"if c.First == t.Trial {",
		"if c.Trials > 0 {",
	},
	{
		"the best so far is the last", "Summary.addBatch",
		"(p.Best == nil || c.Score.Better(p.Best))",
		"true",
	},
	{
		"verify compares outcomes alone", "retrain",
		"r.Result == results[i]",
		"r.Outcome == results[i].Outcome",
	},
	{
		"a stranger's page reads the study", "Server.serve",
		"!s.anyHost && !mine",
		"s.anyHost && !mine",
	},
	{
		"a study that has changed has the same tag", "Server.refresh",
		"s.answer = nil",
		"_ = s.answer",
	},
	{
		"a name that begins like this machine's is its own", "Host",
		"ip != nil && ip.IsLoopback()",
		"ip != nil || strings.HasPrefix(name, \"127.\")",
	},
	{
		"top writes past the window", "Block.Draw",
		"runes[:min(len(runes), columns)]",
		"runes",
	},
	{
		"the last result of a task counts", "shift.create",
		"s.results.Create(ctx, key, text)",
		"s.results.Put(ctx, key, text)",
	},
	{
		"a worker shows no life while it trains", "shift.keep",
		"_ = m.InProgress()",
		"_ = m.InProgress",
	},
	{
		"a worker that ends keeps its task", "shift.do",
		"_ = m.Nak() // or it is late",
		"_ = m.Nak // or it is late",
	},
	{
		"a task that has a result is trained", "shift.do",
		"meta.NumDelivered > 1 ||",
		"meta.NumDelivered > 9 ||",
	},
	{
		"a trainer of another study", "Worker.prepare",
		"w.trainer != nil && w.current.Study == o.Study",
		"w.trainer != nil",
	},
	{
		"a few hundred workers wait at most", "batch.makeStreams",
		"MaxWaiting: mostWorkers",
		"MaxWaiting: 512",
	},
	{
		"a thousand tasks are out at most", "batch.makeStreams",
		"MaxAckPending: -1",
		"MaxAckPending: 1000",
	},
	{
		"results of a coordinator that died are lost", "batch.audit",
		"range notes {",
		"range notes[:0] {",
	},
	{
		"what passes ends a study", "insist",
		"!passes(err)",
		"err != nil",
	},
	{
		"a server that makes room for a stream is not asked again", "passes",
		"said.ErrorCode == storeFailed",
		"said.ErrorCode != storeFailed",
	},
	{
		"a task that no worker has is waited for", "batch.renewLate",
		"!(lost && before) &&",
		"true || before &&",
	},
	{
		"errors are overlooked", "batch.fail",
		"o.errors >= mostErrors",
		"o.errors > 1000",
	},
	{
		"one error ends a study", "batch.fail",
		"o.errors >= mostErrors",
		"o.errors >= 1",
	},
	{
		"of equal tasks one has a result", "batch.finish",
		"range o.indices {",
		"range o.indices[:1] {",
	},
}
