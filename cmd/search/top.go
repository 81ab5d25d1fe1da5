package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/internal/terminal"
	"github.com/cellgen/cellgen/cmd/search/summary"
)

// topStudy runs the command search top.
func topStudy(args []string, stdout, _ io.Writer) error {
	f, folder := readFlags("top")
	if err := parse(f, args, stdout); err != nil {
		return err
	}
	r, err := summary.Open(*folder)
	if err != nil {
		return err
	}
	ctx, stop := untilEnd()
	defer stop()
	block := terminal.NewBlock(stdout)
	if block == nil {
		return follow(ctx, r, between, lines(stdout, 0))
	}
	return follow(ctx, r, between, func(s *summary.Summary) error {
		best, err := columns(s, 100)
		if err != nil {
			return err
		}
		return block.Draw(func(columns, rows int) []string {
			all := append([]string{fmt.Sprintf("study       %s", s.Folder)}, progress(s)...)
			if height := min(rows-len(all)-6, 10); height >= 3 && columns >= 30 {
				all = append(append(all, ""), curve(s, min(columns, 100), height)...)
			}
			return plainly(append(append(all, ""), best...))
		})
	})
}

// plainly returns lines without what a terminal would obey.
func plainly(lines []string) []string {
	var text strings.Builder
	fmt.Fprint(plain.Writer(&text), strings.Join(lines, "\n"))
	return strings.Split(text.String(), "\n")
}

// curve draws the best so far, in bits, against the cells that were tried: lines of text, the last
// of them the axis.
func curve(s *summary.Summary, columns, height int) []string {
	const left = 8 // for the numbers
	width := columns - left - 1
	var points []summary.Point
	for _, p := range s.Curve {
		if p.Best != nil {
			points = append(points, p)
		}
	}
	if len(points) == 0 || width < 1 {
		return nil
	}
	last := points[len(points)-1]
	least, most := last.Best.Loss, points[0].Best.Loss
	rows := make([][]byte, height)
	for i := range rows {
		rows[i] = []byte(strings.Repeat(" ", width))
	}
	for x, at := 0, 0; x < width; x++ {
		cells := 1 + x*last.Cells/width // the first of the column
		if cells < points[0].Cells {
			continue
		}
		for at+1 < len(points) && points[at+1].Cells <= cells {
			at++
		}
		y := 0
		if most > least {
			y = int((most - points[at].Best.Loss) / (most - least) * float64(height-1))
		}
		rows[y][x] = '*'
	}
	lines := make([]string, height, height+1)
	for i, row := range rows {
		label := ""
		switch i {
		case 0:
			label = fmt.Sprintf("%.4f", summary.Bits(most))
		case height - 1:
			label = fmt.Sprintf("%.4f", summary.Bits(least))
		}
		lines[i] = strings.TrimRight(fmt.Sprintf("%*s |%s", left-1, label, row), " ")
	}
	end := fmt.Sprintf("%d cells", last.Cells)
	return append(lines, fmt.Sprintf("%*s |1%*s", left-1, "", max(width-1, len(end)+1), end))
}
