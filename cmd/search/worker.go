package main

import (
	"flag"
	"io"
	processors "runtime"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/search/work"
)

// goodbye bounds how long a worker that ends waits for a server to hear of it.
const goodbye = 500 * time.Millisecond

// runWorker runs the command search worker.
func runWorker(args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("worker", flag.ContinueOnError)
	address := addressFlags(f)
	id := f.String("study", "", "the `ID` of the only study to work for, which search run -url prints; each generation of iterate is another (default any)")
	workers := f.Int("workers", processors.GOMAXPROCS(0), "children that this process trains at a time")
	if err := parse(f, args, stdout); err != nil {
		return err
	}
	if *workers < 1 {
		return usagef("-workers is %d, want at least 1", *workers)
	}
	if address.URL == "" {
		return usagef("no message server: name it with -url")
	}
	if err := checkAddress(address); err != nil {
		return err
	}
	ctx, stop := process.Interruptible("at work: tasks that were not done are others'")
	defer stop()
	conn, err := address.Connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	defer func() { _ = conn.FlushTimeout(goodbye) }() // what it does not hear it finds out
	w := work.Worker{Conn: conn, Study: *id, Workers: *workers, Log: logTo(stderr)}
	return w.Run(ctx)
}
