package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// trained trains a small model, and returns its folder and what training prints.
func trained(t *testing.T, args ...string) (folder, stdout string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "model")
	args = append([]string{
		"train", "-model", folder, "-hidden", "8", "-embed", "4", "-batch", "4", "-steps", "6", "-rate", "1e-2", "-sample", "0", "-quiet",
	}, args...)
	stdout, stderr, code := lm(t, args...)
	if code != 0 || stderr != "" {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	return folder, stdout
}

// TestEval expects what training says of the text that it holds out, at every level, and figures
// that agree with each other: of a line of the text, 20 bytes are 4 words and the end of a line.
func TestEval(t *testing.T) {
	text := file(t, pattern)
	for level, symbolsPerLine := range map[string]float64{"bytes": 20, "chars": 20, "words": 5} {
		folder, said := trained(t, "-text", text, "-level", level, "-batch", "2")
		stdout, stderr, code := lm(t, "eval", "-model", folder, "-text", text, "-heldout", "0.1")
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		var symbols, bytes, chars, words int
		var unit string
		var perSymbol, perByte, perChar, natsPerChar, perplexity float64
		_, err := fmt.Sscanf(stdout, `%d %s predicted: %d bytes, %d characters, %d words and ends of lines
%f nats per symbol
%f bits per byte
%f bits per character
%f nats per character
%f perplexity per word
`, &symbols, &unit, &bytes, &chars, &words, &perSymbol, &perByte, &perChar, &natsPerChar, &perplexity)
		check(err)
		if symbols != int(6*symbolsPerLine) || unit != level || bytes != 120 || chars != 120 || words != 30 {
			t.Errorf("%s: wrong sizes:\n%s", level, stdout)
		}
		perLine := perSymbol * symbolsPerLine
		for what, off := range map[string]float64{
			"bits per byte": perByte*20*math.Ln2 - perLine,
			"bits per char": perChar*20*math.Ln2 - perLine,
			"nats per char": natsPerChar*20 - perLine,
			"perplexity":    5*math.Log(perplexity) - perLine,
		} {
			if math.Abs(off) > 0.03 {
				t.Errorf("%s: %s is off by %v nats a line:\n%s", level, what, off, stdout)
			}
		}
		if want := fmt.Sprintf("held out %.3f bits per %s, ", perSymbol/math.Ln2, strings.TrimSuffix(level, "s")); !strings.Contains(said, want) {
			t.Errorf("%s: training does not say %q:\n%s", level, want, said)
		}
	}
}

// TestTreebank uses files as the Penn Treebank's are: one to train on, one that is held out, and a
// list of words.
func TestTreebank(t *testing.T) {
	dir := t.TempDir()
	train, valid, list := filepath.Join(dir, "train"), filepath.Join(dir, "valid"), filepath.Join(dir, "list")
	check(os.WriteFile(train, []byte(strings.Repeat(" the <unk> fox jumps \n a dog sleeps \n", 40)), 0o600))
	check(os.WriteFile(valid, []byte(" a fox sleeps \n the bird jumps \n"), 0o600))
	check(os.WriteFile(list, []byte("the\na\nfox\ndog\nsleeps\njumps\n"), 0o600))
	folder, said := trained(t, "-level", "words", "-text", train, "-valid", valid, "-vocabulary", list, "-seed", "3")
	if want := "8 symbols; 360 words to train on, 7 held out\n"; !strings.Contains(said, want) || !strings.Contains(said, ", perplexity ") {
		t.Errorf("%q is not in\n%s", want, said)
	}
	stdout, stderr, code := lm(t, "eval", "-model", folder, "-text", valid)
	if code != 0 || !strings.HasPrefix(stdout, "7 words predicted: ") || !strings.Contains(stdout, "\n1 of the words are predicted as <unk>") ||
		strings.Contains(stdout, "bits per") || strings.Contains(stdout, "nats per char") || !strings.Contains(stdout, " perplexity per word\n") {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
	check(os.WriteFile(valid, []byte(" the bird a fox sleeps \n"), 0o600))
	if stdout, stderr, code := lm(t, "eval", "-model", folder, "-text", valid, "-heldout", "0.6"); code != 0 || !strings.Contains(stdout, " bits per byte\n") {
		t.Errorf("an unknown word is not predicted: exit code %d: %s%s", code, stdout, stderr)
	}
	sampled, stderr, code := lm(t, "sample", "-model", folder, "-prompt", "the cat", "-length", "5")
	if code != 0 || !strings.HasPrefix(sampled, "the cat") || len(strings.Fields(sampled)) > 7 {
		t.Errorf("exit code %d: %q%s", code, sampled, stderr)
	}
}

// TestGoesOnSaying expects the same command to say that the run is finished, and another one to be
// refused, with the flag that differs.
func TestGoesOnSaying(t *testing.T) {
	text := file(t, pattern)
	folder, _ := trained(t, "-text", text)
	again := func(args ...string) (string, string, int) {
		return lm(t, append([]string{
			"train", "-model", folder, "-hidden", "8", "-embed", "4", "-batch", "4", "-steps", "6", "-rate", "1e-2", "-sample", "0", "-text", text,
		}, args...)...)
	}
	if stdout, stderr, code := again("-every", "5s", "-plain"); code != 0 || stderr != "" || !strings.Contains(stdout, "is finished: the best model is of epoch ") {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
	for _, test := range []struct{ flag, value, want string }{
		{"-hidden", "9", "-hidden is 9, and the run began with 8; say what it began with to go on, or choose another folder with -model"},
		{"-cell", "gru", "-cell is not what the run began with"},
		{"-limit", "1000", "-limit is 1000, and the run began with 0"},
		{"-valid", file(t, pattern[:200]), "-valid is not what the run began with"},
		{"-vocabulary", file(t, append([]byte("A"), pattern...)), "-vocabulary is not what the run began with"},
		{"-text", file(t, pattern), "-text is not what the run began with"},
		{"-dropout", "0.1", "-dropout is 0.1, and the run began with 0.3"},
		{"-epochs", "9", "-epochs is 9, and the run began with "},
	} {
		if stdout, stderr, code := again(test.flag, test.value); code != 1 || stdout != "" || !strings.Contains(stderr, test.want) {
			t.Errorf("%s: exit code %d: %s%s", test.flag, code, stdout, stderr)
		}
	}
}

// TestSampleCommand samples from a saved model, with a prompt from a file and from an argument.
func TestSampleCommand(t *testing.T) {
	folder, _ := trained(t, "-text", file(t, pattern), "-epochs", "10")
	prompt := file(t, []byte("the quick"))
	var texts []string
	for _, args := range [][]string{
		{"-prompt", "the quick", "-length", "40"},
		{"-file", prompt, "-length", "40"},
		{"-prompt", "the quick", "-length", "40", "-seed", "2"},
		{"-model", filepath.Join(folder, "model.safetensors"), "-prompt", "the quick", "-length", "40", "-samples", "2"},
	} {
		stdout, stderr, code := lm(t, append([]string{"sample", "-model", folder, "-temperature", "2"}, args...)...)
		if code != 0 || !strings.HasPrefix(stdout, "the quick") {
			t.Errorf("%v: exit code %d: %q%s", args, code, stdout, stderr)
		}
		texts = append(texts, stdout)
	}
	if texts[0] != texts[1] || texts[0] == texts[2] || texts[3] != texts[0]+"\n"+texts[2] {
		t.Errorf("samples of the same seeds differ, or others are equal: %q", texts)
	}
}
