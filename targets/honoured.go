package targets

// honoured are the services that do what a flag of [ServeOptions.Flags] asks, where not all do. The directory of the catalogue
// is not among them: where nothing is kept, nothing is lost.
var honoured = map[string][]string{
	"db":         {"cached", "uncached", "pooled", "unpooled"},
	"pool-size":  {"cached", "uncached", "pooled"},
	"ttl":        {"cached"},
	"cache-size": {"cached"},
	"service":    {"reference"},
	"workers":    {"reference"},
	"log":        {"reference"},
	"freeze":     {"reference"},
	"bare":       {"reference"},
	"seed":       {"reference"},
}

// HonouredBy returns the names of the services that do what a flag of [ServeOptions.Flags] asks; nil means every one.
func HonouredBy(flag string) []string { return honoured[flag] }
