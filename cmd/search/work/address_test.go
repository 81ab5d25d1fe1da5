package work

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"github.com/cellgen/cellgen/cmd/search/child"
)

// authority issues certificates.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	dir  string
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	a.cert = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	a.key = a.issue("ca", a.cert)
	return a
}

// issue writes a certificate and its key to NAME.pem and NAME.key.
func (a *authority) issue(name string, c *x509.Certificate) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	a.check(err)
	signer := a.key
	if signer == nil {
		signer = key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, &key.PublicKey, signer)
	a.check(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	a.check(err)
	a.check(os.WriteFile(a.file(name+".pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	a.check(os.WriteFile(a.file(name+".key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	return key
}

// leaf issues the certificate of a server or a client of this machine.
func (a *authority) leaf(name string, serial int64) {
	a.issue(name, &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: a.cert.NotBefore, NotAfter: a.cert.NotAfter, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	})
}

func (a *authority) file(name string) string { return filepath.Join(a.dir, name) }

func (a *authority) check(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

// operator issues users' credentials, and lets a server know its account.
func operator(t *testing.T, o *server.Options) (creds string) {
	t.Helper()
	pair := func(create func() (nkeys.KeyPair, error)) (nkeys.KeyPair, string) {
		k, err := create()
		if err != nil {
			t.Fatal(err)
		}
		public, err := k.PublicKey()
		if err != nil {
			t.Fatal(err)
		}
		return k, public
	}
	encode := func(c jwt.Claims, k nkeys.KeyPair) string {
		text, err := c.Encode(k)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	top, topName := pair(nkeys.CreateOperator)
	account, accountName := pair(nkeys.CreateAccount)
	_, systemName := pair(nkeys.CreateAccount)
	user, userName := pair(nkeys.CreateUser)

	claims := jwt.NewOperatorClaims(topName)
	claims.SystemAccount = systemName
	o.TrustedOperators, o.SystemAccount = []*jwt.OperatorClaims{claims}, systemName
	accounts := jwt.NewAccountClaims(accountName)
	accounts.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1}
	resolver := new(server.MemAccResolver)
	for name, c := range map[string]*jwt.AccountClaims{accountName: accounts, systemName: jwt.NewAccountClaims(systemName)} {
		if err := resolver.Store(name, encode(c, top)); err != nil {
			t.Fatal(err)
		}
	}
	o.AccountResolver = resolver

	users := jwt.NewUserClaims(userName)
	users.Pub.Allow.Add("cellgen.>", "$JS.>", "$KV.>", "$O.>", "_INBOX.>")
	users.Sub.Allow.Add("cellgen.>", "$JS.>", "_INBOX.>")
	seed, err := user.Seed()
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.FormatUserConfig(encode(users, account), seed)
	if err != nil {
		t.Fatal(err)
	}
	creds = filepath.Join(t.TempDir(), "user.creds")
	if err := os.WriteFile(creds, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return creds
}

// TestSecure runs a study through a server that asks for a certificate and for credentials, with
// the rights that the package names and no others. Without either nobody gets in.
func TestSecure(t *testing.T) {
	a := newAuthority(t)
	a.leaf("server", 2)
	a.leaf("client", 3)
	o := externalOptions(t.TempDir(), 0)
	creds := operator(t, o)
	pair, err := tls.LoadX509KeyPair(a.file("server.pem"), a.file("server.key"))
	a.check(err)
	pool := x509.NewCertPool()
	pool.AddCert(must(x509.ParseCertificate(decode(t, a.file("ca.pem")))))
	o.TLSVerify, o.TLSTimeout = true, 10
	o.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert}
	s, err := startServer(o)
	a.check(err)
	defer s.Shutdown()
	all := Address{
		URL: strings.Replace(s.ClientURL(), "nats://", "tls://", 1), User: creds,
		CA: a.file("ca.pem"), Cert: a.file("client.pem"), Key: a.file("client.key"),
	}
	for _, c := range []struct {
		change func(*Address)
		want   string
	}{
		{func(a *Address) { a.User = "" }, "Authorization Violation"},
		{func(a *Address) { a.CA = "" }, "certificate signed by unknown authority"},
		{func(a *Address) { a.Cert, a.Key = "", "" }, "tls"}, // the server may hang up before it has said why
		{func(a *Address) { a.User += "?" }, "no such file"},
		{func(a *Address) { a.CA += "?" }, "no such file"},
		{func(a *Address) { a.Key += "?" }, "no such file"},
	} {
		wrong := all
		c.change(&wrong)
		if conn, err := wrong.Connect(); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), all.URL) {
			t.Errorf("%+v: error is %v, want %s", wrong, err, c.want)
			if err == nil {
				conn.Close()
			}
		}
	}
	connect := func() *nats.Conn {
		c, err := all.Connect()
		a.check(err)
		t.Cleanup(c.Close)
		return c
	}
	q := queue(t, external(t).ClientURL())
	q.Conn = connect()
	employ(t, &Worker{Conn: connect(), Workers: 2, Prepare: func(_ child.Setup, text func() ([]byte, error)) (Trainer, error) {
		_, err := text()
		return fake{}, err
	}})
	counted(t, q, tasks(10))
	a.check(q.End(t.Context()))
}

// TestAddressHidesSecrets expects no password in what is printed.
func TestAddressHidesSecrets(t *testing.T) {
	a := Address{URL: "nats://token@a:1, tls://user:secret@b:2,nats://c"}
	if got, want := a.String(), "nats://xxxxx@a:1,tls://user:xxxxx@b:2,nats://c"; got != want {
		t.Errorf("prints %s, want %s", got, want)
	}
}

func decode(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := pem.Decode(text)
	return b.Bytes
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
