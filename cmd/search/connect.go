package main

import (
	"flag"
	"fmt"
	"io"

	"github.com/nats-io/nats.go"

	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/search/work"
)

// addressFlags registers the flags that say where a message server is.
func addressFlags(f *flag.FlagSet) *work.Address {
	a := new(work.Address)
	f.StringVar(&a.URL, "url", "", "the `URL` of the message server (NATS with JetStream), such as tls://HOST:4222")
	f.StringVar(&a.User, "creds", "", "a `file` of credentials for it")
	f.StringVar(&a.CA, "tlsca", "", "a PEM `file` of the authorities that its certificate is checked with (default the system's)")
	f.StringVar(&a.Cert, "tlscert", "", "a PEM `file` of this client's certificate, if the server asks for one")
	f.StringVar(&a.Key, "tlskey", "", "a PEM `file` of the certificate's key")
	return a
}

// checkAddress returns an error if flags do not go together.
func checkAddress(a *work.Address) error {
	if a.URL == "" && *a != (work.Address{}) {
		return usagef("-creds, -tlsca, -tlscert and -tlskey are for a message server: name it with -url")
	}
	if (a.Cert == "") != (a.Key == "") {
		return usagef("-tlscert and -tlskey go together")
	}
	return nil
}

// dial returns how to connect to the server at an address or, if it has no URL, to one that is
// embedded and ends with stop.
func dial(a *work.Address) (connect func() (*nats.Conn, error), stop func() error, err error) {
	if a.URL != "" {
		return a.Connect, func() error { return nil }, nil
	}
	s, err := work.NewServer()
	if err != nil {
		return nil, nil, err
	}
	return s.Connect, s.Close, nil
}

// logTo returns a function that writes what a command has to say beside its output.
func logTo(w io.Writer) func(string) {
	w = plain.Writer(w)
	return func(message string) { fmt.Fprintln(w, "search:", message) }
}
