// Command lm trains language models with a recurrent cell, one of the shipped or one of a file,
// evaluates them and samples from them. They read bytes, characters or words.
//
//	lm train [-cell {NAME | FILE}] [-text FILE] [-model FOLDER] …
//	lm eval [-model {FOLDER | FILE}] [-text FILE] …
//	lm sample [-model {FOLDER | FILE}] [-prompt TEXT] …
//	lm compare [-cells NAME,…] [-text FILE] …
//	lm serve [-model {FOLDER | FILE}] [-listen ADDRESS] …
//
// It exits with 0, with 1 if the input or the training failed or standard output could not be
// written, with 2 for wrong usage, and with 128 and the signal's number if one interrupts it: a
// training has then saved a checkpoint, from which the same command goes on.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/internal/rebuild"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/runtime"
)

func main() {
	rebuild.Leave()
	process.Main(run)
}

// usages are what help says of the commands before their flags.
var usages = map[string]string{
	"train": `lm train [flags]
	train a language model, and keep it in a folder

The run can be interrupted at any moment: the same command goes on where it stopped, and makes
the same model bit for bit. The folder has

	model.safetensors       the model that predicts the held-out text best
	checkpoint.safetensors  all that going on takes
	curve.jsonl, curve.svg  the losses

The cell of a .cell or .toml file is interpreted at once or, if the run is long enough to gain
from it, compiled first, which needs the go command. Standard error says which. The numbers of
the run are the same up to rounding.

`,
	"eval": `lm eval [flags]
	print how well a model predicts a text, per byte, character and word

The state is carried through the whole text. The first symbol, which nothing precedes, is not
predicted. Words are separated by blanks, and the end of a line counts as a word. If words are not
in the vocabulary, only figures per word are printed. A cell that is not a shipped one is interpreted
or compiled first, as for lm train.

`,
	"sample": `lm sample [flags]
	print text that a model draws, as it is drawn

A cell that is not a shipped one is interpreted or compiled first, as for lm train.

`,
	"compare": `lm compare [flags]
	compare cells: at equal parameters, each at its best rate, over several seeds

The text is cut into four fifths to train on, a tenth by which rates and epochs are chosen, and a
tenth that is looked at once all is trained, and reported: bits per symbol with 95 % confidence,
and by how much each cell is behind the first, seed by seed. comparison.svg in the folder shows the
losses over the epochs and over the rates.

`,
	"serve": `lm serve [flags]
	serve a model over HTTP to OpenAI's clients, and to browsers with a page to try it

	POST /v1/completions  prompt, max_tokens, temperature, top_p, top_k, seed, n, stop, stream,
	                      logprobs, echo, state
	GET  /props           what the model is made of, and the limits
	GET  /metrics         counts and times, in Prometheus' text format
	GET  /healthz         whether requests are accepted

With "state": true an answer has the model's state after it, as a text. A request that has this
text as its state goes on there: its prompt is only what is new.

A cell that is not a shipped one is compiled first, if there is a go command.

Only this machine is served, unless -listen says otherwise. A signal ends the server within a
second, with exit code 0: requests that run are finished if they can be, or cut short with what
they have, as if by max_tokens.

`,
}

const overview = `lm train    train a language model, and keep it in a folder
lm eval     print how well a model predicts a text
lm sample   print text that a model draws
lm compare  compare cells at equal parameters
lm serve    serve a model over HTTP
lm help     say this; lm help train and so on list the flags

`

// usageError is a mistake in how the command was called.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// run runs the command and returns its exit code.
func run(args []string, stdout, stderr io.Writer) int {
	out := process.NewOutput(stdout)
	err := out.Close(dispatch(args, plain.Writer(out), stderr))
	var wrong *usageError
	var ended *process.Interruption
	var other *exited
	var mistakes front.Errors
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintf(plain.Writer(stderr), "lm: %v\nRun lm -h for usage.\n", err)
		return 2
	case errors.As(err, &other):
		return other.code
	case errors.As(err, &mistakes): // which begin with their places
		fmt.Fprintln(plain.Writer(stderr), err)
		return 1
	}
	fmt.Fprintln(plain.Writer(stderr), "lm:", err)
	if errors.As(err, &ended) {
		return ended.ExitCode()
	}
	return 1
}

func dispatch(args []string, stdout, stderr io.Writer) error {
	if err := runtime.CheckEnvironment(); err != nil {
		return err
	}
	if len(args) == 0 {
		return usagef("no command, want lm %s", strings.Join(commands, ", "))
	}
	if slices.Contains(helpNames, args[0]) {
		return help(args[1:], stdout, stderr)
	}
	switch args[0] {
	case "train":
		c, err := parseConfig(args[1:], stdout)
		if err != nil {
			return err
		}
		return c.train(stdout, stderr)
	case "eval":
		return eval(args[1:], stdout, stderr)
	case "sample":
		return sample(args[1:], stdout, stderr)
	case "compare":
		return compare(args[1:], stdout)
	case "serve":
		return serve(args[1:], stdout, stderr)
	}
	return usagef("unknown command %q%s, want lm %s", args[0], front.Nearest(args[0], commands), strings.Join(commands, ", "))
}

// helpNames ask for help.
var helpNames = []string{"help", "-h", "-help", "--help"}

// help prints the overview, or the help of a command.
func help(args []string, stdout, stderr io.Writer) error {
	switch {
	case len(args) == 0 || slices.Contains(helpNames, args[0]):
		fmt.Fprint(stdout, overview)
		return flag.ErrHelp
	case len(args) > 1:
		return usagef("help: want one command, have %d", len(args))
	}
	return dispatch([]string{args[0], "-h"}, stdout, stderr)
}

var commands = []string{"train", "eval", "sample", "compare", "serve", "help"}
