package npz

import (
	"compress/flate"
	"io"
	"sync"
)

// inflaters are readers of deflated data that nobody uses now. One takes 40 KB: those that the
// zip package keeps may be dropped at any time, so that many small arrays could take much.
type inflaters struct {
	sync.Mutex
	free []io.ReadCloser
}

// open is a zip.Decompressor.
func (p *inflaters) open(src io.Reader) io.ReadCloser {
	p.Lock()
	defer p.Unlock()
	if n := len(p.free); n > 0 {
		r := p.free[n-1]
		p.free = p.free[:n-1]
		if r.(flate.Resetter).Reset(src, nil) == nil {
			return &inflater{r, p}
		}
	}
	return &inflater{flate.NewReader(src), p}
}

// inflater is in use.
type inflater struct {
	io.ReadCloser
	from *inflaters
}

// Close gives the reader back. It must be called once.
func (r *inflater) Close() error {
	r.from.Lock()
	defer r.from.Unlock()
	r.from.free = append(r.from.free, r.ReadCloser)
	return nil
}
