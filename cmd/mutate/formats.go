package main

// formatFaults are in how files of tensors are read and written.
var formatFaults = []fault{
	{
		"tensors of any rank", "tensor.Count",
		"len(shape) > MaxRank",
		"len(shape) > 100*MaxRank",
	},
	{
		"two tensors with one name", "tensor.Check",
		"names[t.Name] = true",
		"names[t.Name] = false",
	},
	{
		"big-endian numbers as little-endian ones", "Reader.Read",
		"r.number.read(r.order, ",
		"r.number.read(binary.LittleEndian, ",
	},
	{
		"a stream that ends early gives io.EOF", "ReadFull",
		"err = io.ErrUnexpectedEOF",
		"_ = io.ErrUnexpectedEOF",
	},
	{
		"digits that other readers refuse", "Scanner.Integer",
		"strconv.Itoa(n) != digits || ",
		"",
	},
	{
		"a name may be there twice", "safetensors.distinct",
		"; twice {",
		"; twice && len(before) < 0 {",
	},
	{
		"a hole between tensors", "header.checkTiles",
		"e.begin != end",
		"e.begin < end",
	},
	{
		"tensors that overlap", "header.checkTiles",
		"e.begin != end",
		"e.begin > end",
	},
	{
		"data after the last tensor", "safetensors.File.checkSize",
		"have > want",
		"have > want+1",
	},
	{
		"sizes that shapes do not say", "safetensors.entry.check",
		"e.end-e.begin != want",
		"e.end-e.begin < want",
	},
	{
		"any key in the entry of a tensor", "scanner.entry",
		"if i < 0 {",
		"if i < -1 {",
	},
	{
		"the header is not padded", "safetensors.headerOf",
		"b.Len()%8 != 0",
		"b.Len()%2 != 0",
	},
	{
		"tensors in the order that they are given", "safetensors.write",
		"cmp.Compare(a.Name, b.Name)",
		"cmp.Compare(0, 0)",
	},
	{
		"half of a character outside of the plane", "unescape",
		"text = text[6:]",
		"text = text[5:]",
	},
	{
		"any escape takes memory", "scanner.string",
		"s.spare -= len(text)",
		"s.spare -= 1",
	},
	{
		"columns are read as rows", "array.read",
		"if a.fortran {",
		"if a.fortran && len(a.Shape) < 2 {",
	},
	{
		"checksums of archives are not compared", "array.read",
		"n > 0 || !errors.Is(err, io.EOF)",
		"n > 0 || errors.Is(err, io.ErrNoProgress)",
	},
	{
		"an archive may contain anything", "openArchive",
		"room -= entry.UncompressedSize64",
		"room -= 0",
	},
	{
		"a directory of any size", "limitedReader.ReadAt",
		"r.left -= len(b)",
		"r.left -= 1",
	},
	{
		"headers of any number", "openArchive",
		"headers -= arrays[i].size",
		"headers -= 1",
	},
	{
		"arrays of another size than their shape's", "npz.header.checkSize",
		"if size > want {",
		"if size > want+8 {",
	},
	{
		"a number in parentheses is a shape", "literal.shape",
		"len(shape) == 1 && !comma",
		"len(shape) == 1 && comma && l.At < 0",
	},
	{
		"the date of entries is today's", "npz.write",
		"Modified: epoch",
		"Modified: time.Now()",
	},
	{
		"checksums of blocks are not compared", "table.block",
		"masked(crc32.Checksum(block[:end], castagnoli)) != binary.LittleEndian.Uint32(block[end:])",
		"end < 0",
	},
	{
		"checksums of tensors are not compared", "tfbundle.File.values",
		"masked(crc.Sum32()) != e.checksum",
		"e.checksum == 1",
	},
	{
		"keys in any order", "table.eachOf",
		"bytes.Compare(t.last, key) >= 0",
		"bytes.Compare(t.last, key) > 1",
	},
	{
		"a block may be there twice", "table.eachOf",
		"h.begin < t.end",
		"h.begin < 0",
	},
	{
		"tensors share data", "tfbundle.File.checkApart",
		"sorted[i-1].shard == e.shard && ",
		"sorted[i-1].shard > e.shard && ",
	},
	{
		"slices are read as whole tensors", "tfbundle.File.Read",
		"case e.sliced:",
		"case e.sliced && e.count < 0:",
	},
	{
		"keys share nothing", "eachEntry",
		"append(key[:shared], ",
		"append(key[:0], ",
	},
	{
		"blocks unpack to any size", "table.block",
		"n > t.room",
		"n > 4*t.room",
	},
	{
		"names of any size", "tfbundle.open",
		"left -= len(key)",
		"left -= 1",
	},
	{
		"a file is left half-written", "replace.Write",
		"if err := write(f); err != nil {\n\t\treturn errors.Join(err, f.Remove())\n\t}",
		"_ = write(f)",
	},
	{
		"its mode is lost", "replace.Create",
		"f.mode = info.Mode().Perm()",
		"_ = info.Mode().Perm()",
	},
}
