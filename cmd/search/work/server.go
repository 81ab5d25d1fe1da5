package work

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/cellgen/cellgen/cmd/internal/process"
)

// Server is a message server in this process, without a socket: only this process can connect.
type Server struct {
	server *server.Server
	remove func() error
}

// NewServer starts a server. It keeps everything in memory, in a temporary folder only its name.
func NewServer() (*Server, error) {
	folder, remove, err := process.TempFolder()
	if err != nil {
		return nil, err
	}
	s, err := startServer(&server.Options{
		ServerName: name(), DontListen: true, NoLog: true, NoSigs: true,
		JetStream: true, StoreDir: folder, JetStreamMaxMemory: 1 << 30, JetStreamMaxStore: 1 << 20,
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting the message server of this process: %w", err), remove())
	}
	return &Server{s, remove}, nil
}

// startServer starts a server, and waits until it answers.
func startServer(o *server.Options) (*server.Server, error) {
	s, err := server.NewServer(o)
	if err != nil {
		return nil, err
	}
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		s.Shutdown()
		return nil, errors.New("it is not ready after 30 seconds")
	}
	return s, nil
}

// Connect connects this process.
func (s *Server) Connect() (*nats.Conn, error) {
	return connect(nats.DefaultURL, nats.InProcessServer(s.server))
}

// Close ends the server, with all that it keeps.
func (s *Server) Close() error {
	s.server.Shutdown()
	s.server.WaitForShutdown()
	return s.remove()
}
