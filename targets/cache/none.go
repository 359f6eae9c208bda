package cache

import (
	"context"

	"github.com/maypok86/otter/v2/stats"
)

// none caches nothing: every read and every write goes to the database.
type none struct{ Origin }

func (none) Changed(int64)               {}
func (none) AllChanged()                 {}
func (none) Stats() stats.Stats          { return stats.Stats{} }
func (none) Len() int                    { return 0 }
func (none) Close(context.Context) error { return nil }
