package ir

import (
	"strings"
	"testing"
)

// TestVerifyWidths expects operands of an operator to have one width, and results their port's.
func TestVerifyWidths(t *testing.T) {
	const text = "func f\nparam W (proj,input)\nparam V\nstate h = output\nslot 0 = x{W}\nslot 1 = 1{V}\ns0 = slot[0]\ns1 = slot[1]\none = 1\n"
	for lines, want := range map[string]string{
		"a = add s1 one\nh <- a":               "",
		"a = add one one\nh <- a":              "",
		"a = add s0 s1\nh <- s1":               "a of width hidden uses s0 of width proj",
		"a = add s0 one\nb = neg a\nh <- b":    "b of width proj leaves through h of width hidden",
		"a = neg s0\nb = fma one a s1\nh <- b": "b of width hidden uses a of width proj",
	} {
		_, err := Parse(text + lines)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", lines, err, want)
		}
	}
}
