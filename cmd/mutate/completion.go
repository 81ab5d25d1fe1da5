package main

// completionFaults are in the server of completions.
var completionFaults = []fault{
	{
		"a damaged state is taken", "seal.read",
		"crc32.Checksum(body, castagnoli) != sum",
		"sum == 0 && body == nil",
	},
	{
		"another model's state is taken", "seal.read",
		"!bytes.Equal(b[len(sealMagic):][:len(s.fingerprint)], s.fingerprint[:])",
		"false",
	},
	{
		"a made-up state may be infinite", "readStates",
		"v-v != 0",
		"v != v",
	},
	{
		"pages of strangers rename the server", "Server.guard",
		"!s.options.AnyHost && !mine",
		"host == \"\" && mine",
	},
	{
		"any key is the key", "Server.guard",
		"!ok || subtle",
		"!ok && subtle",
	},
	{
		"one request too few waits", "slots.take",
		"s.waiting.Add(1) > s.queue",
		"s.waiting.Add(1) >= s.queue",
	},
	{
		"all texts of a prompt are the same", "job.newCompletion",
		"rand.NewPCG(seed, 1+nth)",
		"rand.NewPCG(seed, 1)",
	},
	{
		"a probability comes before its text", "completion.piece",
		"c.starts[n] < c.text.Given()",
		"c.starts[n] <= c.text.Given()",
	},
	{
		"the last symbol of a prompt is read twice", "job.readPrompt",
		"symbols[:last], j.echoed",
		"symbols, j.echoed",
	},
	{
		"an echo does not count for each text", "request.checkSums",
		"times = r.n",
		"times = 1",
	},
	{
		"a top_p of 0 is all symbols", "value.topP",
		"max(*to, math.SmallestNonzeroFloat64)",
		"max(*to, 0*math.SmallestNonzeroFloat64)",
	},
	{
		"buckets are not cumulative", "histogram.write",
		"n += h.counts[i]",
		"n = h.counts[i]",
	},
}
