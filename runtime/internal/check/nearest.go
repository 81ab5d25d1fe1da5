package check

import (
	"cmp"
	"slices"
	"strings"
)

// Nearest returns the valid names that are most like a name, behind an introduction, or
// nothing if there are none.
func Nearest(name string, valid []string, introduction string) string {
	if len(valid) == 0 {
		return ""
	}
	list := slices.Clone(valid)
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(distance(name, a), distance(name, b)) })
	const most = 5
	return introduction + strings.Join(list[:min(most, len(list))], ", ")
}

// distance returns how many bytes must be inserted, deleted or replaced to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			above := row[j+1]
			row[j+1] = min(above+1, row[j]+1, diagonal+map[bool]int{true: 0, false: 1}[a[i] == b[j]])
			diagonal = above
		}
	}
	return row[len(b)]
}
