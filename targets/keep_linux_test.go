package targets

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/postgres/postgrestest"
)

// keep makes data for the length of the test.
func keep(t *testing.T, name string, o StartOptions) *Kept {
	t.Helper()
	o.Progress = func(line string) { t.Log(line) }
	k, err := Keep(t.Context(), name, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

// onKept starts the service on its data.
func onKept(t *testing.T, k *Kept, name string) *Child {
	t.Helper()
	c, err := k.Start(t.Context(), name, StartOptions{ServeOptions: ServeOptions{PoolSize: 2}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		c.Stop()
	})
	return c
}

// setAll sets as many headlines, and returns when all are acknowledged.
func setAll(t *testing.T, url, version string, n int) {
	t.Helper()
	for id := 1; id <= n; id++ {
		resp, body := ask(t, http.MethodPut, fmt.Sprintf("%s/categories/%d/headline", url, id), fmt.Sprintf(`{"headline": "x", "version": %q}`, version))
		if resp.StatusCode != http.StatusOK {
			t.Fatal(resp.Status, body)
		}
	}
}

// stored counts the categories whose headline has the version in the database.
func stored(t *testing.T, url, version string, n int) (count int) {
	t.Helper()
	for id := 1; id <= n; id++ {
		if resp, _ := get(t, fmt.Sprintf("%s/categories/%d/summary?origin=1", url, id)); resp.Header.Get("X-Version") == version {
			count++
		}
	}
	return count
}

// What a service acknowledged before it is killed is there when it is started again, but for what write-behind still had in its
// queue; after SIGTERM all is there. At the end nothing is left.
func TestDataOutliveTheService(t *testing.T) {
	for name, db := range map[string]string{"sqlite": "", "postgres": Throwaway} {
		t.Run(name, func(t *testing.T) {
			if db != "" {
				postgrestest.Require(t)
			}
			wantNothing := aftermath(t)
			tmp := enterableTmp(t)
			k := keep(t, "cached:none", StartOptions{ServeOptions: ServeOptions{DB: db, PoolSize: 2}})
			const n = 7
			for target, killed := range map[string]int{ // headlines that outlive SIGKILL
				"cached:write-behind,batch=5,interval=1h": 5, // one full batch; no time flushes the rest
				"cached:write-through":                    n,
				"cached:aside":                            n,
			} {
				if testing.Short() && killed == n {
					continue // the one with a queue has most to lose
				}
				outlive(t, k, target, n, killed)
			}
			if err := k.Close(); err != nil {
				t.Error(err)
			}
			wantNothing(nil, tmp)
		})
	}
}

// outlive kills and ends a service that has acknowledged n headlines.
func outlive(t *testing.T, k *Kept, name string, n, killed int) {
	t.Helper()
	strategy, _, _ := strings.Cut(strings.TrimPrefix(name, "cached:"), ",")
	before, after := "before-"+strategy, "after-"+strategy
	c := onKept(t, k, name)
	setAll(t, c.URL, before, n)
	for stored(t, c.URL, before, n) < killed { // a full batch is flushed without delay
	}
	c.Kill()
	if err := c.Err(); err != nil {
		t.Errorf("a death that was wanted: %v", err)
	}
	c = onKept(t, k, name)
	if got := stored(t, c.URL, before, n); got != killed {
		t.Errorf("%s after SIGKILL: %d of %d headlines, want %d", name, got, n, killed)
	}
	setAll(t, c.URL, after, n)
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
	c = onKept(t, k, name)
	if got := stored(t, c.URL, after, n); got != n {
		t.Errorf("%s after SIGTERM: %d of %d headlines", name, got, n)
	}
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
}

// The keeper does not outlive who has the data kept, however that ends.
func TestKeeperEndsWithItsParent(t *testing.T) {
	tmp := privateTmp(t)
	wantNothing := aftermath(t)
	parent := exec.Command(os.Args[0], "keeper", "cached:aside")
	parent.Stderr = os.Stderr
	stdout, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Error(line, err)
	}
	all := family(t, parent.Process.Pid)
	if len(all) < 2 {
		t.Errorf("no keeper in %+v", all)
	}
	parent.Process.Kill()
	parent.Wait()
	wantNothing(all, tmp)
}

// On a server of the user's the keeper makes the schema, restores it and drops it at the end.
func TestKeptOnDSN(t *testing.T) {
	dsn := postgrestest.Shared(t).DSN
	privateTmp(t)
	before := query(t, dsn, schemas)
	k := keep(t, "cached:write-through", StartOptions{ServeOptions: ServeOptions{DB: dsn, PoolSize: 1}})
	outlive(t, k, "cached:write-through", 2, 2)
	if err := k.Restore(t.Context()); err != nil {
		t.Error(err)
	}
	c := onKept(t, k, "cached:none")
	if got := stored(t, c.URL, catalogue.FirstVersion, 3); got != 3 {
		t.Errorf("%d of 3 headlines are as they were made", got)
	}
	beside := onKept(t, k, "pooled:size=1")
	if resp, _ := get(t, beside.URL+"/products/1/stock"); resp.StatusCode != http.StatusOK {
		t.Error(resp.Status)
	}
	if err := k.Close(); err != nil {
		t.Error(err)
	}
	<-c.Done() // a service ends with its data
	<-beside.Done()
	if after := query(t, dsn, schemas); after != before {
		t.Errorf("schemas %s, before %s", after, before)
	}
}
