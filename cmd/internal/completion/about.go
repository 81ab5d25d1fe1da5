package completion

import (
	"net/http"

	"github.com/cellgen/cellgen/runtime"
)

// health answers 200 while requests are accepted.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) error {
	if s.accepts.Err() != nil {
		return errStopping
	}
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	return nil
}

// models answers with the list of the one model.
func (s *Server) models(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, map[string]any{"object": "list", "data": []any{map[string]any{
		"id": s.options.Name, "object": "model", "created": s.began.Unix(), "owned_by": "lm",
	}}})
	return nil
}

// props answers with what the model is made of, and the limits.
func (s *Server) props(w http.ResponseWriter, _ *http.Request) error {
	m := s.model.about
	writeJSON(w, http.StatusOK, map[string]any{
		"model": s.options.Name, "fingerprint": s.fingerprint, "version": s.options.Version,
		"cells": m.Cells, "parts": m.Parts, "parameters": s.model.parameters, "precision": s.model.precision,
		"vocabulary": map[string]any{"level": s.model.Vocabulary.Level(), "size": s.model.Vocabulary.Len()},
		"backend":    runtime.Backend(), "vectors": runtime.Vectors(),
		"limits": map[string]int{
			"sessions": s.options.Sessions, "queue": s.options.Queue,
			"max_tokens": s.options.MaxTokens, "prompt_bytes": s.options.MaxPrompt, "state_characters": s.seal.length(),
		},
	})
	return nil
}
