package work

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Address is where an external message server is, and what it asks for.
type Address struct {
	URL  string // such as nats://HOST:PORT or tls://HOST:PORT; several are separated by commas
	User string // a file of credentials, of a user's JWT and seed; "" for none
	CA   string // a file of certificates, in PEM, that the server's is checked with; "" for the system's
	Cert string // with Key, the files of this client's certificate and its key; "" for none
	Key  string
}

// Connect connects to the server. It is an error if it does not answer or keeps no queues; once it
// has, a connection that breaks is made again, for as long as it takes.
func (a Address) Connect() (*nats.Conn, error) {
	var options []nats.Option
	if a.User != "" {
		options = append(options, nats.UserCredentials(a.User))
	}
	if a.CA != "" {
		options = append(options, nats.RootCAs(a.CA))
	}
	if a.Cert != "" || a.Key != "" {
		options = append(options, nats.ClientCert(a.Cert, a.Key))
	}
	c, err := connect(a.URL, options...)
	if err == nil {
		err = keepsQueues(c)
	}
	if err != nil {
		return nil, fmt.Errorf("connecting to the message server %s: %w", a, err)
	}
	return c, nil
}

// keepsQueues returns an error, and closes the connection, if its server says that it has no JetStream.
func keepsQueues(c *nats.Conn) error {
	js, err := jetstream.New(c)
	if err != nil {
		c.Close()
		return err
	}
	ctx, cancel := request(context.Background())
	defer cancel()
	_, err = js.AccountInfo(ctx)
	switch {
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled):
		err = fmt.Errorf("%w: nats-server -js has it", err)
	case !errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return nil // what fails otherwise may work later
	}
	c.Close()
	return err
}

// String returns the URL, without its password.
func (a Address) String() string {
	var all []string
	for one := range strings.SplitSeq(a.URL, ",") {
		if u, err := url.Parse(strings.TrimSpace(one)); err == nil {
			one = u.Redacted()
			if u.User != nil && u.User.String() == u.User.Username() { // a token
				u.User = url.User("xxxxx")
				one = u.String()
			}
		}
		all = append(all, one)
	}
	return strings.Join(all, ",")
}

// connect connects to a server. A connection without a sign of life for about fifteen seconds is
// broken.
func connect(url string, options ...nats.Option) (*nats.Conn, error) {
	return nats.Connect(url, append([]nats.Option{
		nats.Name("cellgen " + name()),
		nats.Timeout(5 * time.Second),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(500 * time.Millisecond),
		nats.ReconnectJitter(500*time.Millisecond, time.Second),
		nats.PingInterval(5 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), // callers see what they miss
	}, options...)...)
}

// ended is the error of a connection that will not be made again: the server does not let us in.
func ended(c *nats.Conn) error {
	return fmt.Errorf("the connection to the message server ended: %w", cmp.Or(c.LastError(), nats.ErrConnectionClosed))
}
