package matrix

import (
	"math"
	"sync"
	"syscall"
)

// memory returns how many bytes of memory and of swap space this machine has.
var memory = sync.OnceValue(func() uint64 {
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) != nil {
		return math.MaxUint64
	}
	return (uint64(info.Totalram) + uint64(info.Totalswap)) * uint64(info.Unit)
})
