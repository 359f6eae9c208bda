package main

import (
	"fmt"
	"io"
	"time"

	"github.com/seed-5a006608/bench/report"
)

// preview shows what would be driven; it starts nothing and sends nothing.
func (o *driveOptions) preview(subjects []subject, w io.Writer) error {
	width, color := look(w)
	for i, s := range subjects {
		v, err := s.plan.Preview(time.Now())
		if err != nil {
			return usage(err)
		}
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := report.Preview(w, v, report.Options{Width: width, Color: color}); err != nil {
			return err
		}
	}
	return nil
}
