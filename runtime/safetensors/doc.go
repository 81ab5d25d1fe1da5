// Package safetensors reads and writes the files of Hugging Face's safetensors library: a
// header of JSON, which says what tensors there are, and their numbers.
//
// F32, F64, F16 and BF16 are read as float32. Other types, integers among them, are listed, and
// are an error when they are read. Files are written as F32, with the bytes that the reference
// library writes for such names as models have: sorted by name, the header padded to a multiple of 8.
//
// A file is refused unless tensors tile its data, without a hole or an overlap, in the sizes
// that their shapes and types say; names and keys must be distinct. The format has no checksum:
// other data are other numbers.
package safetensors
