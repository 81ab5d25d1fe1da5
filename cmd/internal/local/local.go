// Package local tells requests that mean this machine from those that a stranger's page has sent
// under a name of its own for the loopback address (DNS rebinding).
package local

import (
	"net"
	"strings"
)

// Host returns a request's host without its port, and whether it means this machine.
func Host(host string) (name string, local bool) {
	name = strings.Trim(host, "[]")
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	ip := net.ParseIP(name)
	return name, strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}
