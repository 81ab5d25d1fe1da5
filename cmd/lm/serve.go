package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/completion"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/internal/training"
)

// keyVariable is the environment variable that may have the API key.
const keyVariable = "LM_KEY"

// serveConfig is the values of lm serve's flags.
type serveConfig struct {
	completion.Options
	saved
	listen, keyFile string
	open            bool
}

func (c *serveConfig) flags() *flag.FlagSet {
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	c.Options = completion.Defaults()
	c.saved.flags(f)
	f.StringVar(&c.listen, "listen", "127.0.0.1:8080", "the `address` and port, 0 for any that is free")
	f.StringVar(&c.keyFile, "keyfile", "", "a `file` with the key that requests must have (default the environment's "+keyVariable+")")
	f.BoolVar(&c.open, "open", false, "let other machines use the model without a key")
	f.BoolVar(&c.Half, "half", false, "round the weights of recurrent layers to half precision, which takes half the memory")
	f.IntVar(&c.Sessions, "sessions", c.Sessions, "requests that run at the same time")
	f.IntVar(&c.Queue, "queue", c.Queue, "requests that wait for one of these to end; further ones are refused")
	f.IntVar(&c.MaxTokens, "maxtokens", c.MaxTokens, "symbols of the completions of a request, at most")
	f.IntVar(&c.MaxPrompt, "maxprompt", c.MaxPrompt, "`bytes` of the prompts of a request, at most")
	f.DurationVar(&c.Wait, "wait", c.Wait, "the `time` that a step waits for steps of other requests")
	f.DurationVar(&c.Timeout, "timeout", c.Timeout, "the `time` in which a client must send its request, and take each part of the answer")
	return f
}

// serve runs the command lm serve.
func serve(args []string, stdout, stderr io.Writer) error {
	c := new(serveConfig)
	if err := parse(c.flags(), args, stdout); err != nil {
		return err
	}
	if err := errors.Join(c.Check(), checkRun(c.run)); err != nil {
		return usagef("%v", err)
	}
	if err := c.readKey(); err != nil {
		return err
	}
	address, err := c.address()
	if err != nil {
		return err
	}
	const where = "before the model was served"
	m, err := c.load(where, stderr, func(*language.Model) (float64, string, error) {
		return 0, "a server runs for as long as it is wanted", nil
	})
	if err != nil {
		return err
	}
	ctx, stop := process.Interruptible(where)
	defer stop()
	c.Name = c.modelName()
	if info, ok := debug.ReadBuildInfo(); ok {
		c.Version = info.Main.Version
	}
	s, err := completion.New(m, c.Options)
	if err != nil {
		return err
	}
	l, err := net.ListenTCP("tcp", address)
	if err != nil {
		s.Close()
		return fmt.Errorf("-listen: %w", err)
	}
	if _, err := fmt.Fprintf(stdout, "%s on http://%s/\n", c.Name, l.Addr()); err != nil {
		return errors.Join(err, l.Close())
	}
	return s.Serve(ctx, l)
}

// readKey reads the key from its file or from the environment, never from arguments, which other
// users of the machine see.
func (c *serveConfig) readKey() error {
	where, text := keyVariable, []byte(os.Getenv(keyVariable))
	if c.keyFile == "" && len(text) == 0 {
		return nil
	}
	if c.keyFile != "" {
		var err error
		if text, err = os.ReadFile(c.keyFile); err != nil {
			return fmt.Errorf("-keyfile: %w", err)
		}
		where = "-keyfile: " + c.keyFile
	}
	key := bytes.TrimSpace(text)
	if len(key) == 0 || len(key) > 1024 || bytes.ContainsAny(key, "\r\n") {
		return fmt.Errorf("%s has %d bytes, want one line of 1 to 1024", where, len(key))
	}
	c.Key = string(key)
	return nil
}

// address returns where to listen. It is an error if other machines would have the model without
// being asked for a key.
func (c *serveConfig) address() (*net.TCPAddr, error) {
	address, err := net.ResolveTCPAddr("tcp", c.listen)
	if err != nil {
		return nil, usagef("-listen is %q, want an address and a port such as 127.0.0.1:8080: %v", c.listen, err)
	}
	local := address.IP.IsLoopback()
	if !local && c.Key == "" && !c.open {
		return nil, usagef("-listen %s is for other machines, too: give -keyfile or %s, or -open to let everyone use the model", c.listen, keyVariable)
	}
	c.AnyHost = !local || c.Key != ""
	return address, nil
}

// modelName returns what clients call the model.
func (c *serveConfig) modelName() string {
	path, err := filepath.Abs(c.model)
	if err != nil {
		path = c.model
	}
	if path == training.ModelFile(filepath.Dir(path)) {
		path = filepath.Dir(path)
	}
	return strings.TrimSuffix(filepath.Base(path), ".safetensors")
}
