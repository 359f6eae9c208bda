package main

import (
	"fmt"
	"io"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report"
)

// preview shows what would be driven; it starts nothing and sends nothing.
func (o *driveOptions) preview(subjects []*rig.Target, w io.Writer) error {
	var previews []*runfile.Preview
	for _, s := range subjects {
		job, err := s.Plan.Compile()
		if err != nil {
			return asUsage(err)
		}
		v, err := job.Preview(time.Now())
		if err != nil {
			return asUsage(err)
		}
		previews = append(previews, v)
	}
	return display(w, report.Options{}, func(w io.Writer, options report.Options) error {
		for i, v := range previews {
			if i > 0 {
				fmt.Fprintln(w)
			}
			if err := report.WritePreview(w, v, options); err != nil {
				return err
			}
		}
		return nil
	})
}
