package report

import (
	"encoding/csv"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// readCSV reads a file back by its own tool, one map of columns a row.
func readCSV(t *testing.T, text string) []map[string]string {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, cell := range record {
			row[records[0][i]] = cell
		}
		if len(row) != len(records[0]) {
			t.Fatalf("two columns of one name: %q", records[0])
		}
		rows = append(rows, row)
	}
	return rows
}

func TestCSVHoldsTheIntervals(t *testing.T) {
	runs := []*runfile.Run{cachedRun(), uncachedRun()}
	rows := readCSV(t, written(t, WriteCSV, runs...))
	bounds := 0
	for _, run := range runs {
		for _, second := range run.Intervals {
			row := rows[0]
			rows = rows[1:]
			phase := ""
			for _, p := range run.Phases {
				if second.StartNS >= p.StartNS && second.StartNS < p.StartNS+p.DurationNS {
					phase = p.Name
				}
			}
			d := &second.ResponseTime
			for column, want := range map[string]string{
				"target": run.Target.Name, "phase": phase, "start_s": strconv.Itoa(int(second.StartNS / time.Second)),
				"due_requests": strconv.Itoa(int(second.Due)), "ok_requests": strconv.Itoa(int(second.OK)),
				"finished_requests": strconv.Itoa(int(second.Finished)), "backlog_requests": strconv.Itoa(int(second.Backlog)),
				"response_requests":     strconv.Itoa(int(d.Count)),
				"response_p99_at_least": strconv.FormatBool(d.Quantile(0.99).AtLeast), "response_p50_at_least": strconv.FormatBool(d.Quantile(0.50).AtLeast),
			} {
				if row[column] != want {
					t.Errorf("%s at %s: %s is %q, want %q", run.Target.Name, second.StartNS, column, row[column], want)
				}
			}
			for column, want := range map[string]time.Duration{"response_p50_ms": d.P50NS, "response_p99_ms": d.P99NS, "response_max_ms": d.MaxNS} {
				if got, err := strconv.ParseFloat(row[column], 64); err != nil || !near(got*1e6, float64(want)) {
					t.Errorf("%s at %s: %s is %q, want %d ns", run.Target.Name, second.StartNS, column, row[column], want)
				}
			}
			if second.ServiceTime.Count == 0 && row["service_p95_ms"] != "" {
				t.Errorf("%s at %s: a service time of nothing: %q", run.Target.Name, second.StartNS, row["service_p95_ms"])
			}
			if row["response_p99_at_least"] == "true" {
				bounds++
			}
		}
	}
	if len(rows) > 0 || bounds == 0 {
		t.Errorf("%d rows too many, %d lower bounds", len(rows), bounds)
	}
}

func TestCSVLeavesEmptyWhatWasNotMeasured(t *testing.T) {
	run := cachedRun()
	run.Intervals = []runfile.Interval{{StartNS: time.Hour, Due: 1}}
	row := readCSV(t, written(t, WriteCSV, run))[0]
	for column, want := range map[string]string{"phase": "", "response_requests": "0", "response_p99_ms": "", "response_p99_at_least": "", "due_requests": "1"} {
		if row[column] != want {
			t.Errorf("%s is %q, want %q", column, row[column], want)
		}
	}
}

// What is known of the cache stands behind all else: of each second, and of the run in each row.
func TestCSVTellsOfTheCache(t *testing.T) {
	run := cachedRun()
	text := written(t, WriteCSV, run)
	head, _, _ := strings.Cut(text, "\n")
	if !strings.HasSuffix(head, ",hit_requests,miss_requests,stale_requests,run_origin_statements_per_s,run_lost_writes") {
		t.Errorf("the header is %q", head)
	}
	if row := readCSV(t, text)[0]; row["stale_requests"]+row["run_origin_statements_per_s"]+row["run_lost_writes"] != "" {
		t.Errorf("of a run that knows of none: %q", row)
	}
	run.Intervals[3].Hits, run.Intervals[3].Misses, run.Intervals[3].Stale = 7, 2, 1
	run.Overall.Cache = runfile.Cache{Hits: 70, Misses: 20}
	run.Overall.Consistency = &runfile.Consistency{Reads: 9, Stale: 1, Lost: &runfile.Lost{Keys: 5, Of: 5, GoneBack: 2, Writes: 3}}
	run.Origin = &runfile.Origin{Source: runfile.OriginCounter, LengthNS: 2 * time.Second, Statements: 25}
	row := readCSV(t, written(t, WriteCSV, run))[3]
	for column, want := range map[string]string{"hit_requests": "7", "miss_requests": "2", "stale_requests": "1", "run_origin_statements_per_s": "12.5", "run_lost_writes": "3"} {
		if row[column] != want {
			t.Errorf("%s is %q, want %q", column, row[column], want)
		}
	}
}

func TestCSVCellsAreNoFormulas(t *testing.T) {
	for _, text := range hostile {
		row := readCSV(t, written(t, WriteCSV, hostileRun(text)))[0]
		for column, cell := range row {
			if _, err := strconv.ParseFloat(cell, 64); err == nil {
				continue
			}
			if start := strings.TrimSpace(cell); start != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(start)[0]) {
				t.Errorf("%.40q: %s is a formula: %q", text, column, cell)
			}
		}
		if want := longName(text); want != "" && strings.TrimPrefix(row["target"], "'") != want {
			t.Errorf("the target is %q, want %q", row["target"], want)
		}
	}
	if got := csvText("a=b"); got != "a=b" {
		t.Errorf("a formula begins a cell, yet a=b became %q", got)
	}
}
