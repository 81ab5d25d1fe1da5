package completion

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/local"
)

// A server on the loopback address is meant for this machine. Browsers on it, too, run the pages of
// strangers: these must not use the model (requests of other origins), nor read its answers under a
// name of their own for this address (DNS rebinding).

// guard returns an error unless the request may be answered.
func (s *Server) guard(r *http.Request, open bool) error {
	if host, mine := local.Host(r.Host); !s.options.AnyHost && !mine {
		return failf(http.StatusMisdirectedRequest, "wrong_host", "the host is %s, want this machine, such as localhost", quoted(host))
	}
	if err := s.origins.Check(r); err != nil {
		return failf(http.StatusForbidden, "cross_origin", "%v", err)
	}
	if s.options.Key == "" || open {
		return nil
	}
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	have, want := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(s.options.Key)) // of one length
	if !ok || subtle.ConstantTimeCompare(have[:], want[:]) != 1 {
		return failf(http.StatusUnauthorized, "invalid_api_key", "want the header Authorization: Bearer with the server's key")
	}
	return nil
}

// methods answers with 405 unless a request has one of some methods.
func methods(r *http.Request, w http.ResponseWriter, allowed ...string) error {
	if slices.Contains(allowed, r.Method) {
		return nil
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	return failf(http.StatusMethodNotAllowed, "method", "the method is %s, want %s", quoted(r.Method), strings.Join(allowed, " or "))
}
