package completion

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// problem is an error in the form that OpenAI's clients expect.
type problem struct {
	status  int
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"` // the field of the request that is wrong
	Code    *string `json:"code"`
}

func (p *problem) Error() string { return p.Message }

// refusef is the error of a request that is wrong in a field, or as a whole if param is "".
func refusef(param, format string, args ...any) *problem {
	p := &problem{status: http.StatusBadRequest, Type: "invalid_request_error", Message: fmt.Sprintf(format, args...)}
	if param != "" {
		p.Param = &param
	}
	return p
}

// failf is the error of a request that has another status.
func failf(status int, code, format string, args ...any) *problem {
	p := refusef("", format, args...)
	p.status, p.Code = status, &code
	switch {
	case status == http.StatusTooManyRequests:
		p.Type = "rate_limit_error"
	case status >= 500:
		p.Type = "server_error"
	}
	return p
}

// write answers with the problem. Without a body, as for HEAD, net/http leaves it out.
func (p *problem) write(w http.ResponseWriter) {
	if p.status == http.StatusTooManyRequests || p.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	writeJSON(w, p.status, map[string]*problem{"error": p})
}

// problemOf returns an error as a problem.
func problemOf(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	return failf(http.StatusInternalServerError, "internal_error", "%v", err)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	text := jsonOf(v)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // a client that is gone need not know
}

func jsonOf(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // finite numbers and texts
	}
	return text
}
