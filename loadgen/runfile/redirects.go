package runfile

// Redirects counts the successes whose answer says where to go instead, but for those of which a redirect's status was expected.
type Redirects struct {
	Count uint64 `json:"count"`
	To    string `json:"to,omitempty"` // scheme and host of the first one, as it was sent; "" on the same
}

// Add adds other counts; To stays that of r, or becomes theirs where r has no redirect.
func (r *Redirects) Add(o *Redirects) {
	if r.Count == 0 {
		r.To = o.To
	}
	r.Count += o.Count
}

func mergeRedirects(a, b *Redirects) *Redirects {
	if a == nil {
		return b
	}
	m := *a
	if b != nil {
		m.Add(b)
	}
	return &m
}
