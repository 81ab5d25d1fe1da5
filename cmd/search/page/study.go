package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/cellgen/cellgen/cmd/search/summary"
)

const (
	listed = 50                     // cells
	fresh  = 200 * time.Millisecond // how long what was read is not read again
)

// answer is a study as JSON.
type answer struct {
	text []byte
	tag  string
}

// refresh returns what the study has come to, and keeps it as JSON if that is new.
func (s *Server) refresh() (*summary.Summary, error) {
	now, more, err := s.reader.Next()
	if err != nil {
		return nil, err
	}
	if more {
		s.answer = nil
	}
	s.read = time.Now()
	return now, nil
}

// study answers with the study or, to a client that has it already, with status 304.
func (s *Server) study(w http.ResponseWriter, r *http.Request) error {
	a, err := s.view()
	if err != nil {
		return err
	}
	w.Header().Set("ETag", a.tag)
	w.Header().Set("Content-Type", "application/json")
	for tag := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == a.tag {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	_, _ = w.Write(a.text)
	return nil
}

func (s *Server) view() (*answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answer != nil && time.Since(s.read) < fresh {
		return s.answer, nil
	}
	now, err := s.refresh()
	if err != nil || s.answer != nil {
		return s.answer, err
	}
	v, err := now.View(listed)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	s.answer = &answer{append(text, '\n'), `"` + hex.EncodeToString(sum[:12]) + `"`}
	return s.answer, nil
}

//go:embed page.html
var pageText string

// policy lets the page run its own script and style, show this server's pictures, and nothing else.
var policy = fmt.Sprintf("default-src 'none'; connect-src 'self'; script-src '%s'; style-src '%s'; "+
	"img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", hashOf("script"), hashOf("style"))

// hashOf returns the hash of what the page's one element of a kind has.
func hashOf(element string) string {
	_, text, _ := strings.Cut(pageText, "<"+element+">")
	text, _, _ = strings.Cut(text, "</"+element+">")
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// showPage answers with the page.
func showPage(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy)
	_, _ = w.Write([]byte(pageText))
	return nil
}
