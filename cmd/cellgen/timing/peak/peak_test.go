package peak

import "testing"

// TestPeaks expects wider vectors to reach more, if not at first then in one of some turns on
// a busy machine, and Read to take any length.
func TestPeaks(t *testing.T) {
	var wide, narrow float64
	more := func() bool { return narrow > 0 && wide >= 0.9*narrow }
	for turn := 0; turn < 5 && !more(); turn++ {
		wide, narrow = Named("").FMA(), Named("avx2").FMA()
	}
	if len(sets()) > 0 && !more() {
		t.Errorf("%.1f GFLOP/s with the widest vectors, %.1f with AVX2", wide, narrow)
	}
	t.Logf("%.1f GFLOP/s with the widest vectors, %.1f with AVX2", wide, narrow)
	for n := range 300 {
		Named("").Read(make([]float32, n))
	}
	if (Set{}).FMA() != 0 {
		t.Error("the zero Set has a peak")
	}
}

func BenchmarkRead(b *testing.B) {
	data := make([]float32, 4<<20)
	for i := range data {
		data[i] = 1
	}
	for _, name := range []string{"widest", "avx2"} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(4 * len(data)))
			for b.Loop() {
				Named(name).Read(data)
			}
		})
	}
}
