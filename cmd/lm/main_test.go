package main

import (
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the tests' binary the program lm, on the path of what they run.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"lm": main})
}

func TestTrain(t *testing.T) {
	text := file(t, pattern)
	allCells(t, func(t *testing.T, cell string) {
		args := []string{
			"train", "-cell", cell, "-text", text, "-epochs", "2", "-hidden", "8", "-embed", "4",
			"-layers", "2", "-batch", "4", "-steps", "20", "-prompt", "the ", "-sample", "20",
		}
		stdout, stderr, code := lm(t, args...)
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		want := regexp.MustCompile(`^` + cell + `, \d+ parameters, 17 symbols; 1080 bytes to train on, 120 held out
epoch 1: held out \d\.\d{3} bits per byte, \d\.\d{3} nats \(train \d\.\d{3}\), \d+ s
epoch 2: held out \d\.\d{3} bits per byte, \d\.\d{3} nats \(train \d\.\d{3}\), \d+ s
the best model is of epoch [12], held out .*; it is .*model.safetensors

the (?s:.+)
$`)
		if !want.MatchString(stdout) {
			t.Errorf("output:\n%s", stdout)
		}
		line := regexp.MustCompile(`^epoch [12] +\d+%  train \d\.\d\d bits/byte(  \d+k? bytes/s)?(  products \d+%)?$`)
		lines := strings.Split(strings.TrimSpace(stderr), "\n")
		if len(lines) != 20 {
			t.Errorf("%d lines of progress, want one for every tenth", len(lines))
		}
		for _, l := range lines {
			if !line.MatchString(l) {
				t.Errorf("progress: %q", l)
			}
		}
		seconds := regexp.MustCompile(`\d+ s\n|it is .*\n`)
		again, _, _ := lm(t, args...)
		if seconds.ReplaceAllString(again, "") != seconds.ReplaceAllString(stdout, "") {
			t.Errorf("the same seed gives different output:\n%s\n%s", stdout, again)
		}
	})
}

func TestHelp(t *testing.T) {
	for args, want := range map[string][2]string{
		"-h":        {"lm train ", "lm sample"},
		"--help":    {"lm train ", "lm eval"},
		"help":      {"lm train ", "lm help"},
		"help -h":   {"lm train ", "lm help"},
		"help eval": {"lm eval [flags]", "-heldout"},
		"train -h":  {"lm train [flags]", "-recurrentdropout"},
		"eval -h":   {"lm eval [flags]", "-heldout"},
		"sample -h": {"lm sample [flags]", "-temperature"},
	} {
		stdout, stderr, code := lm(t, strings.Fields(args)...)
		if code != 0 || stderr != "" || !strings.HasPrefix(stdout, want[0]) || !strings.Contains(stdout, want[1]) {
			t.Errorf("%q: exit code %d, %q, %q", args, code, stdout, stderr)
		}
	}
}

func TestMistakes(t *testing.T) {
	empty := t.TempDir()
	text, notUTF8 := file(t, pattern), file(t, []byte("0123456789\xff0123456789"))
	for _, test := range []struct {
		args string
		code int
		want string
	}{
		{"", 2, "no command, want lm train, eval, sample, compare, serve, help"},
		{"tain", 2, `unknown command "tain" (did you mean "train"?), want lm train, eval, sample, compare, serve, help`},
		{"train -cells lstm", 2, "-cells"},
		{"train -hidden many", 2, `"many"`},
		{"train lstm", 2, `unexpected argument "lstm"`},
		{"train -cell gro", 2, `unknown cell "gro" (did you mean "gru"?), want one of enas, gru, grubefore, lstm, nascell, nascellp, peephole, simplecell, slstm, or a .cell or .toml file`},
		{"train -hidden 0", 2, "-hidden is 0, want at least 1"},
		{"train -layers 0", 2, "-layers is 0, want at least 1"},
		{"train -limit -1", 2, "-limit is -1, want at least 0"},
		{"train -batch 5", 2, "-batch is 5, want a multiple of -shards, 2"},
		{"train -rate NaN", 2, "-rate is NaN"},
		{"train -rate -1", 2, "-rate is -1"},
		{"train -rate Inf", 2, "-rate is +Inf"},
		{"train -rate 1e39", 2, "-rate is 1e+39, want a float32 of at least 1.4e-45"},
		{"train -rate 1e-99", 2, "-rate is 1e-99, want a float32 of at least 1.4e-45"},
		{"train -clip 0", 2, "-clip is 0"},
		{"train -clip 1e-39", 2, "-clip is 1e-39, want a float32 of at least 1.18e-38"},
		{"train -clip NaN", 2, "-clip is NaN"},
		{"train -temperature NaN", 2, "-temperature is NaN"},
		{"train -memory -1", 2, "-memory is -1, want at least 0"},
		{"train -epochs 0", 2, "-epochs is 0, want at least 1"},
		{"train -hidden 99999999999999999999", 2, "out of range"},
		{"train -cell nascell -dropout 0 -hidden 200000", 1, "training takes about 1"},
		{"train -embed 1000000000", 1, "training takes "},
		{"train -layers 1000000000", 1, "training takes "},
		{"train -batch 1000000000", 1, "training takes "},
		{"train -batch 1000000000 -shards 1000000000", 1, "training takes "},
		{"train -steps 1000000000", 1, "training takes "},
		{fmt.Sprintf("train -hidden %d -embed %[1]d -layers %[1]d -batch %[1]d -steps %[1]d -shards 1", math.MaxInt), 1, "training takes "},
		{"train -memory 10", 1, "and 10 MB are available: use a smaller -hidden"},
		{"train -temperature -1", 2, "-temperature is -1"},
		{"train -topk -1", 2, "-topk is -1, want at least 0"},
		{"train -topp 2", 2, "-topp is 2, want a number from 0 to 1"},
		{"train -dropout 1", 2, "-dropout is 1, want a number from 0 to 0.99"},
		{"train -schedule cosin", 2, `-schedule is "cosin" (did you mean "cosine"?), want cosine or constant`},
		{"train -decay 1000", 2, "-decay is 1000, want a number from 0 to 1/rate, 167"},
		{"train -level byte", 2, `-level: "byte" is not what symbols can be (did you mean "bytes"?): want bytes, chars, words`},
		{"train -most 100", 2, "-most is for -level words, and -level is bytes"},
		{"train -heldout 1", 2, "-heldout is 1, want a number from 0 to below 1"},
		{"train -every -1s", 2, "-every is -1s, want at least 0s"},
		{"train -level chars -text " + notUTF8, 1, "byte 10 of " + notUTF8 + " is not UTF-8: bytes reads any text"},
		{"train -level words -valid " + notUTF8 + " -text " + text, 1, "byte 10 of " + notUTF8 + " is not UTF-8: bytes reads any text"},
		{"help tain", 2, `unknown command "tain"`},
		{"help train eval", 2, "help: want one command, have 2"},
		{"sample -model no/such", 1, "lm: stat no/such: no such file or directory (lm train makes a model, and -model says where)\n"},
		{"sample -model " + empty, 1, "lm: stat " + empty + "/model.safetensors: no such file or directory (lm train makes a model, and -model says where)\n"},
		{"sample -model " + text, 1, "text: "},
		{"sample -prompt a -file b", 2, "-prompt and -file are both given, want one"},
		{"eval -model no/such -text " + text, 1, "no/such"},
		{"train -text no/such/file", 1, "reading the text: open no/such/file"},
		{"train -text .", 1, "reading the text: read .:"},
		{"train -text no\x1b[2J", 1, `open no\u001b[2J`},
		{"train -text \x1b[2J -text " + text + " -limit 0 \x1b[2J", 2, `"\x1b[2J"`},
		{"train -limit 19 -text " + text, 1, "text of 19 bytes is too short"},
		{"train -limit 200 -text " + text, 1, "training text of 180 symbols is too short for 32 rows of 64 steps"},
		{"train -batch 4 -steps 6 -hidden 8 -decay 0 -rate 3e38 -text " + text, 1, "a lower -rate may help"},
	} {
		stdout, stderr, code := lm(t, strings.Fields(test.args)...)
		if code != test.code || !strings.Contains(stderr, "lm: ") || !strings.Contains(stderr, test.want) {
			t.Errorf("%q: exit code %d, want %d; message %q, want %q", test.args, code, test.code, stderr, test.want)
		}
		if strings.Contains(stderr, "\x1b") {
			t.Errorf("%q: an escape code in %q", test.args, stderr)
		}
		if test.code == 2 && stdout != "" {
			t.Errorf("%q writes to standard output: %q", test.args, stdout)
		}
	}
}

// TestPlain expects no escape codes of a folder's name to be printed, when it is trained and when
// it is finished.
func TestPlain(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "\x1b[2Jm")
	for range 2 {
		stdout, stderr, code := lm(t, "train", "-model", folder, "-text", file(t, pattern), "-hidden", "8", "-embed", "4", "-batch", "4", "-steps", "6", "-epochs", "1", "-sample", "0")
		if code != 0 || strings.Contains(stdout+stderr, "\x1b") || !strings.Contains(stdout, `\u001b[2Jm`) {
			t.Errorf("exit code %d: %q %q", code, stdout, stderr)
		}
	}
}
