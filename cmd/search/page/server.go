// Package page shows a study in a browser, while it runs and afterwards.
package page

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/local"
	"github.com/cellgen/cellgen/cmd/internal/picture"
	"github.com/cellgen/cellgen/cmd/search/summary"
	"github.com/cellgen/cellgen/gen/front"
)

// Server is an http.Handler of a study's page. It reads the study, and never locks it.
type Server struct {
	anyHost bool // whether other machines may read it
	origins *http.CrossOriginProtection
	routes  map[string]func(w http.ResponseWriter, r *http.Request) error

	mu     sync.Mutex // of all below
	reader *summary.Reader
	read   time.Time
	answer *answer // the study, as it was read last
}

// New returns a server of a study. Only requests that mean this machine are answered, unless
// anyHost is set.
func New(folder string, anyHost bool) (*Server, error) {
	r, err := summary.Open(folder)
	if err != nil {
		return nil, err
	}
	s := &Server{anyHost: anyHost, origins: http.NewCrossOriginProtection(), reader: r}
	s.routes = map[string]func(http.ResponseWriter, *http.Request) error{
		"/": showPage, "/study.json": s.study, "/cell.json": s.cell, "/cell.svg": s.drawing,
	}
	return s, nil
}

// refusal is an error with the status of its answer.
type refusal struct {
	status  int
	message string
}

func (e *refusal) Error() string { return e.message }

func refusef(status int, format string, args ...any) error {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	err := s.serve(w, r)
	if err == nil {
		return
	}
	status := http.StatusInternalServerError
	if refused := (*refusal)(nil); errors.As(err, &refused) {
		status = refused.status
	}
	http.Error(w, err.Error(), status)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) error {
	if host, mine := local.Host(r.Host); !s.anyHost && !mine {
		return refusef(http.StatusMisdirectedRequest, "the host is %s, want this machine, such as localhost", front.Quote(host))
	}
	if err := s.origins.Check(r); err != nil {
		return refusef(http.StatusForbidden, "%v", err)
	}
	answer, ok := s.routes[r.URL.Path]
	if !ok {
		return refusef(http.StatusNotFound, "there is nothing at %s", front.Quote(r.URL.Path))
	}
	if allowed := []string{http.MethodGet, http.MethodHead}; !slices.Contains(allowed, r.Method) {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		return refusef(http.StatusMethodNotAllowed, "the method is %s, want GET or HEAD", front.Quote(r.Method))
	}
	return answer(w, r)
}

// cell answers with a cell's source and trainings.
func (s *Server) cell(w http.ResponseWriter, r *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, c, err := s.find(r)
	if err != nil {
		return err
	}
	source, err := now.Source(c)
	if err != nil {
		return err
	}
	figures, err := now.Figures(c)
	if err != nil {
		return err
	}
	return writeJSON(w, struct {
		summary.Figures
		Source    string         `json:"source"`
		Equations []string       `json:"equations"`
		Runs      []*summary.Run `json:"runs"`
	}{figures, source.String(), source.Head().Equations.Lines, c.Runs})
}

// drawing answers with the picture of a cell.
func (s *Server) drawing(w http.ResponseWriter, r *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, c, err := s.find(r)
	if err != nil {
		return err
	}
	source, err := now.Source(c)
	if err != nil {
		return err
	}
	data, err := picture.Of(source, "svg")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox")
	_, _ = w.Write(data) // a client that is gone need not know
	return nil
}

// find returns the study, and the cell that a request names.
func (s *Server) find(r *http.Request) (*summary.Summary, *summary.Cell, error) {
	names := r.URL.Query()["name"]
	if len(names) != 1 {
		return nil, nil, refusef(http.StatusBadRequest, "want the name of one cell: ?name=")
	}
	now, err := s.refresh()
	if err != nil {
		return nil, nil, err
	}
	c, err := now.Find(names[0])
	if err != nil {
		return nil, nil, refusef(http.StatusNotFound, "%v", err)
	}
	return now, c, nil
}

func writeJSON(w http.ResponseWriter, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(text, '\n'))
	return nil
}

// Serve answers requests until the context ends.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	h := &http.Server{Handler: s, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 14}
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	late, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := h.Shutdown(late); err != nil {
		_ = h.Close() // clients that do not read
	}
	<-ended
	return nil
}
