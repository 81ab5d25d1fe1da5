package pass

import (
	"strings"
	"testing"
)

// TestFlush expects states, cotangents of slots and of inputs to be flushed as they leave,
// cotangents of states as they enter, each once, and whatever uses them to use what is flushed.
func TestFlush(t *testing.T) {
	for _, c := range []struct{ before, after string }{
		{
			"a = tanh s0;b = add a s1;h <- a;c <- b;saved[0] <- a",
			"a = tanh s0;aFlushed = flush a;b = add aFlushed s1;bFlushed = flush b;h <- aFlushed;c <- bFlushed;saved[0] <- aFlushed",
		},
		{
			"a = mul dh s0;b = add dc a;dslot[0] <- a;dcprev <- b",
			"dhTrimmed = trim dh;dcTrimmed = trim dc;a = mul dhTrimmed s0;aTrimmed = trim a;b = add dcTrimmed aTrimmed;dslot[0] <- aTrimmed;dcprev <- b",
		},
		{
			"given x;a = mul dc s0;b = add a a;dgiven[0] <- a;dcprev <- b",
			"dcTrimmed = trim dc;a = mul dcTrimmed s0;aFlushed = flush a;b = add aFlushed aFlushed;dgiven[0] <- aFlushed;dcprev <- b",
		},
	} {
		f := graph(t, c.before)
		apply(t, EliminateDead, f)
		apply(t, Flush, f)
		var got []string
		for _, v := range f.Values {
			if v.Op != nil {
				line := v.Name + " = " + v.Op.Name
				for _, a := range v.Args {
					line += " " + a.Name
				}
				got = append(got, line)
			}
		}
		for _, r := range f.Results {
			got = append(got, f.PortName(r.Port)+" <- "+r.Value.Name)
		}
		if text := strings.Join(got, ";"); text != c.after {
			t.Errorf("%s becomes\n%s, want\n%s", c.before, text, c.after)
		}
	}
}
