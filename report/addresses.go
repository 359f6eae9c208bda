package report

// writeAddresses says what each address of a host with several got.
func writeAddresses(p *oldPage, subjects []subject, _ Options) error {
	t := &table{columns: []column{
		{title: "address", left: true}, {title: "requests"}, {title: "failed"}, {title: "service: P50"}, {title: "P99"},
	}}
	for _, s := range subjects {
		for i := range s.Addresses {
			a := &s.Addresses[i]
			d := &a.ServiceTime
			t.row(prefix(s, subjects)+a.Address, Count(a.Requests), Count(a.Failed),
				figure(d, "p50_ns", d.P50NS), figure(d, "p99_ns", d.P99NS))
		}
	}
	if len(t.rows) == 0 {
		return nil
	}
	return p.table(t)
}
