// Package generated has the sources of the shipped cells; each is compiled in a folder of its own.
package generated

import "embed"

// Sources has for each cell the folder of its name, with spec.toml or the cell's .cell file.
//
//go:embed */spec.toml */*.cell
var Sources embed.FS
