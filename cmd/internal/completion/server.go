package completion

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	mathrand "math/rand/v2"
	"mime"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/runtime/nn"
)

// Server serves a model. It is an http.Handler.
type Server struct {
	options     Options
	model       *model
	seal        seal
	first       *nn.State // at the start of a text
	start       int       // the symbol before a text
	fingerprint string
	counts      *counts
	slots       *slots
	origins     *http.CrossOriginProtection
	routes      map[string]route
	began       time.Time

	accepts, runs context.Context // until the server ends, and while what runs may go on
	refuse, cut   context.CancelFunc
}

// New returns a server of a model, which nothing may train meanwhile. It is an error if an option is
// out of range, or if the model cannot be run symbol by symbol.
func New(m *language.Model, o Options) (*Server, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	s := &Server{
		options: o, start: m.Start(), counts: newCounts(), slots: newSlots(o),
		origins: http.NewCrossOriginProtection(), began: time.Now(),
	}
	var err error
	if s.model, err = newModel(m, o, s.counts); err != nil {
		return nil, fmt.Errorf("serving the model: %w", err)
	}
	if s.first, err = s.model.stack.NewState(1); err != nil {
		return nil, fmt.Errorf("serving the model: %w", err)
	}
	s.seal = newSeal(s.model, s.first)
	s.fingerprint = "lm-" + hex.EncodeToString(s.model.fingerprint[:])
	s.accepts, s.refuse = context.WithCancel(context.Background())
	s.runs, s.cut = context.WithCancel(context.Background())
	s.routes = s.newRoutes()
	return s, nil
}

// Close ends the server's work. Requests that run end with errors.
func (s *Server) Close() { s.model.close() }

// route is what answers at a path.
type route struct {
	methods []string
	open    bool // whether it needs no key
	answer  func(w http.ResponseWriter, r *http.Request) error
}

func (s *Server) newRoutes() map[string]route {
	read := []string{http.MethodGet, http.MethodHead}
	return map[string]route{
		"/":               {read, true, page},
		"/healthz":        {read, true, s.health},
		"/props":          {read, false, s.props},
		"/metrics":        {read, false, s.metrics},
		"/v1/models":      {read, false, s.models},
		"/v1/completions": {[]string{http.MethodPost}, false, s.complete},
	}
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t := &told{ResponseWriter: w}
	t.Header().Set("X-Content-Type-Options", "nosniff")
	_ = s.deadline(t) // in place of an earlier answer's on the same connection
	if err := protect(func() error { return s.serve(t, r) }); err != nil {
		_ = s.deadline(t)
		t.fail(err)
	}
	s.counts.request(t.status)
}

// protect makes a panic of a function an error, so that it ends one answer and no other.
func protect(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			log.Printf("lm: panic: %v\n%s", p, debug.Stack())
			err = failf(http.StatusInternalServerError, "internal_error", "the server has failed")
		}
	}()
	return do()
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) error {
	at, ok := s.routes[r.URL.Path]
	if err := s.guard(r, ok && at.open); err != nil {
		return err
	}
	if !ok {
		return failf(http.StatusNotFound, "not_found", "there is nothing at %s", quoted(r.URL.Path))
	}
	if err := methods(r, w, at.methods...); err != nil {
		return err
	}
	return at.answer(w, r)
}

// told remembers the status of an answer.
type told struct {
	http.ResponseWriter
	status int // 0: none yet
}

// Unwrap is for http.ResponseController.
func (t *told) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (t *told) WriteHeader(status int) {
	if t.status == 0 {
		t.status = status
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *told) Write(b []byte) (int, error) {
	if t.status == 0 {
		t.status = http.StatusOK
	}
	return t.ResponseWriter.Write(b)
}

// statusGone counts requests whose clients did not wait for an answer.
const statusGone = 499

// fail answers with an error, unless an answer has begun.
func (t *told) fail(err error) {
	switch {
	case t.status != 0:
	case errors.Is(err, context.Canceled):
		t.status = statusGone
	default:
		problemOf(err).write(t)
	}
}

// complete answers with completions.
func (s *Server) complete(w http.ResponseWriter, r *http.Request) error {
	body, err := s.readBody(w, r)
	if err != nil {
		return err
	}
	j, err := s.newJob(body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	defer context.AfterFunc(s.runs, func() { cancel(errStopping) })()
	if err := s.slots.take(ctx, s.accepts); err != nil {
		return err
	}
	defer s.slots.free()
	if j.request.stream {
		return j.stream(ctx, w)
	}
	return j.whole(ctx, w)
}

// readBody reads the body of a request, which must come in time.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, failf(http.StatusUnsupportedMediaType, "content_type",
			"the content type is %s, want application/json", quoted(r.Header.Get("Content-Type")))
	}
	control := http.NewResponseController(w)
	if err := control.SetReadDeadline(time.Now().Add(s.options.Timeout)); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.maxBody()))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return nil, failf(http.StatusRequestEntityTooLarge, "too_long", "the body has more than %d bytes", long.Limit)
	case err != nil:
		return nil, failf(http.StatusRequestTimeout, "body", "reading the body: %v", err)
	}
	return body, control.SetReadDeadline(time.Time{}) // the client may wait as long as it likes
}

// newJob returns the job that a body asks for.
func (s *Server) newJob(body []byte) (*job, error) {
	r, err := s.parse(body)
	if err != nil {
		return nil, err
	}
	j := &job{request: r, server: s, start: position{state: s.first, symbol: s.start}}
	for _, prompt := range r.prompts {
		numbers, err := s.model.Vocabulary.Encode([]byte(prompt))
		if err != nil {
			return nil, refusef("prompt", "%v", err)
		}
		symbols := make([]int, len(numbers))
		for i, n := range numbers {
			symbols[i] = int(n)
		}
		j.texts = append(j.texts, symbols)
	}
	if r.state != "" {
		if j.start.state, err = s.model.stack.NewState(1); err != nil {
			return nil, err
		}
		if err := s.seal.read(r.state, &j.start); err != nil {
			return nil, refusef("state", "the state: %v", err)
		}
		j.begun = true
	}
	if !r.seeded {
		j.draw.Seed = mathrand.Uint64()
	}
	return j, nil
}

// newID returns a name for an answer.
func (s *Server) newID() string { return "cmpl-" + rand.Text() }
