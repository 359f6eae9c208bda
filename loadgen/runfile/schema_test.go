package runfile

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write run.schema.json anew from the types")

func TestSchemaIsThatOfTheTypes(t *testing.T) {
	s, err := generateSchema()
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("run.schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(RunSchema, want) {
		t.Fatal("run.schema.json is not what the types say; write it anew with: go test ./loadgen/runfile -run TestSchema -update")
	}
}
