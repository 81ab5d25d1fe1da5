package main

// readerFaults are in how sources and vectors are read.
var readerFaults = []fault{
	{
		"sources of any size are read", "NewText",
		"len(src) > most",
		"len(src) > 100*most",
	},
	{
		"a byte order mark is part of a source", "NewText",
		`bytes.TrimPrefix(src, []byte("\ufeff"))`,
		`bytes.TrimPrefix(src, []byte("\ufffe"))`,
	},
	{
		"line ends of a checkout stay", "WithoutCRLF",
		`[]byte("\r\n")`,
		`[]byte("\r\r\n")`,
	},
	{
		"places before the last one are behind it", "Text.At",
		"offset < last.offset",
		"offset < last.begin",
	},
	{
		"messages are made of all mistakes", "Errors.AddFunc",
		"if e.full() {",
		"if e.full() && message() != \"\" {",
	},
	{
		"mistakes that are joined are not counted", "Errors.Join",
		"1 + m.more",
		"m.more",
	},
	{
		"a key may be there twice", "reader.expression",
		"r.at[key] != front.Position{}",
		"r.at[key] == front.Position{Line: 1}",
	},
	{
		"a stream may be a byte too long", "readAll",
		"b.Len() > most",
		"b.Len() > most+1",
	},
	{
		"arrays of any size", "fields.checkSize",
		"values > maxVectors/2",
		"values > maxVectors<<40",
	},
	{
		"arrays of any length", "fields.numbers",
		"have != want",
		"have > want",
	},
	{
		"a key of vectors may be there twice", "jsonFile.object",
		"ok := o.left[key]; ok",
		"ok := o.left[key]; ok && keys > most",
	},
	{
		"any number of keys", "jsonFile.object",
		"keys > most",
		"keys > 1<<30",
	},
	{
		"line ends make files stale", "output.read",
		"return front.WithoutCRLF(old), nil",
		"return append(front.WithoutCRLF(nil), old...), nil",
	},
}
