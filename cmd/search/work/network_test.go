package work

import (
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// proxy is a network between clients and a server, which can be cut.
type proxy struct {
	net.Listener
	server string
	cut    atomic.Bool // nothing passes, and nobody is told
	mu     sync.Mutex
	all    []net.Conn
}

// newProxy starts a proxy before a server.
func newProxy(t *testing.T, url string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: l, server: strings.TrimPrefix(url, "nats://")}
	t.Cleanup(func() {
		l.Close()
		p.hangUp()
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s, err := net.Dial("tcp", p.server)
			if err != nil || p.cut.Load() {
				c.Close()
				continue
			}
			p.mu.Lock()
			p.all = append(p.all, c, s)
			p.mu.Unlock()
			go p.pass(c, s)
			go p.pass(s, c)
		}
	}()
	return p
}

// pass passes on what comes; while the network is cut, it is lost, and with it the connection.
func (p *proxy) pass(to, from net.Conn) {
	b := make([]byte, 1<<12)
	for {
		n, err := from.Read(b)
		if err == nil && p.cut.Load() {
			for p.cut.Load() {
				time.Sleep(10 * time.Millisecond)
			}
			err = io.ErrUnexpectedEOF
		}
		if err == nil {
			_, err = to.Write(b[:n])
		}
		if err != nil {
			to.Close()
			from.Close()
			return
		}
	}
}

// hangUp ends all connections.
func (p *proxy) hangUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.all {
		c.Close()
	}
	p.all = nil
}

// TestNetworkCut cuts the network for a while, at the workers and at the coordinator: connections
// hang, then end, and cannot be made again; or they only hang.
func TestNetworkCut(t *testing.T) {
	c := config(cases(18, 60))
	want := expected(t, c, fake{})
	for _, where := range []string{"worker", "coordinator"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			url := external(t).ClientURL()
			p := newProxy(t, url)
			urls := map[string]string{"worker": url, "coordinator": url}
			urls[where] = "nats://" + p.Addr().String()
			var trained atomic.Int64
			employ(t, &Worker{Conn: dial(t, urls["worker"]), Workers: 2, Prepare: prepared(counting{fake{delay: 10 * time.Millisecond}, &trained})})
			done := make(chan bool)
			go func() {
				defer close(done)
				for range cases(1, 5) {
					for n := trained.Load(); trained.Load() < n+10; {
						time.Sleep(time.Millisecond)
					}
					p.cut.Store(true)
					time.Sleep(time.Second)
					p.hangUp()
					time.Sleep(time.Duration(cases(1, 20)) * time.Second)
					p.cut.Store(false)
				}
			}()
			folder := create(t, c)
			runQueue(t, folder, urls["coordinator"])
			<-done
			compare(t, folder, want)
		})
	}
}
