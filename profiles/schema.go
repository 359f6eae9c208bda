package profiles

import _ "embed"

// TestSchema is the JSON Schema (draft 2020-12) of the test file, for editors. [Parse] is stricter where a schema cannot
// tell: it adds up rates, durations and counts, and compares names.
//
//go:embed test.schema.json
var TestSchema []byte
