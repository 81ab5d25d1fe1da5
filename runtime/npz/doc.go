// Package npz reads and writes NumPy's .npz files, which are zip archives of arrays, and reads
// .npy files, which are one array.
//
// The dtypes f4, f8 and f2 are read as float32, little-endian or big-endian, in either order of
// dimensions. Other types are listed, and are an error when they are read; objects, which would
// be pickled Python, are among them. Files are written as numpy.savez does: f4, not compressed,
// with a fixed date, so that the same tensors give the same bytes.
//
// Archives have checksums. As a small archive may say much, all that one contains must not be
// larger than the archive itself and 24 MB, and the archive's directory must not be larger than
// 2 MB, which is some 20,000 arrays. To read what numpy.savez_compressed has made smaller still,
// write it again with numpy.savez.
package npz
