package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"

	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/search/page"
)

// listenFlags are the flags of who may see the page.
type listenFlags struct {
	listen string
	open   bool
}

func newListenFlags(f *flag.FlagSet, listen, usage string) *listenFlags {
	c := new(listenFlags)
	f.StringVar(&c.listen, "listen", listen, usage)
	f.BoolVar(&c.open, "open", false, "let other machines see the page")
	return c
}

// address returns where to listen. It is an error if other machines would see the page unasked.
func (c *listenFlags) address() (*net.TCPAddr, error) {
	address, err := net.ResolveTCPAddr("tcp", c.listen)
	if err != nil {
		return nil, usagef("-listen is %q, want an address and a port such as 127.0.0.1:8080: %v", c.listen, err)
	}
	if !address.IP.IsLoopback() && !c.open {
		return nil, usagef("-listen %s is for other machines, too: give -open to let them see the page", c.listen)
	}
	return address, nil
}

// serve begins to serve a study's page, and says where. It ends with the context, which wait waits for.
func (c *listenFlags) serve(ctx context.Context, folder string, stdout io.Writer) (wait func() error, err error) {
	address, err := c.address()
	if err != nil {
		return nil, err
	}
	s, err := page.New(folder, !address.IP.IsLoopback())
	if err != nil {
		return nil, err
	}
	l, err := net.ListenTCP("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("-listen: %w", err)
	}
	if _, err := fmt.Fprintf(plain.Writer(stdout), "%s on http://%s/\n", folder, l.Addr()); err != nil {
		l.Close()
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	return func() error { return <-ended }, nil
}

// serveStudy runs the command search serve.
func serveStudy(args []string, stdout, _ io.Writer) error {
	f, folder := readFlags("serve")
	c := newListenFlags(f, "127.0.0.1:8080", "the `address` and port, 0 for any that is free")
	if err := parse(f, args, stdout); err != nil {
		return err
	}
	ctx, stop := untilEnd()
	defer stop()
	wait, err := c.serve(ctx, *folder, stdout)
	if err != nil {
		return err
	}
	return wait()
}
