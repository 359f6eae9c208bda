package targets

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/targets/postgres/postgrestest"
)

const active = `SELECT count(*)::text FROM pg_stat_activity WHERE state = 'active' AND application_name = 'bench'`

// hangUp sends requests and breaks their connections before, while and after they are answered: as many as
// come at 200/s in 5 s.
func hangUp(t *testing.T, url string, request func(i int) string) {
	t.Helper()
	const times, clients = 1000, 8
	var wg sync.WaitGroup
	for client := range clients {
		draw := rand.New(rand.NewPCG(uint64(client), 1))
		wg.Go(func() {
			for i := client; i < times; i += clients {
				conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
				if err != nil {
					t.Error(err)
					return
				}
				io.WriteString(conn, request(i))
				time.Sleep(time.Duration(draw.Int64N(int64(3 * time.Millisecond)))) // the moment at which it hangs up
				conn.Close()
			}
		})
	}
	wg.Wait()
}

func put(t *testing.T, url string, cents int) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPut, url, strings.NewReader(fmt.Sprintf(`{"price_cents": %d}`, cents)))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("PUT %s: %s %s", url, resp.Status, body)
	}
}

// Clients that hang up leave no connection in a transaction, and no price in the cache that the database has not.
func TestHangingUpPoisonsNothing(t *testing.T) {
	dsn := postgrestest.Shared(t).DSN
	options := StartOptions{ServeOptions: ServeOptions{DB: dsn, PoolSize: 4}}
	t.Run("reads", func(t *testing.T) {
		privateTmp(t)
		c := startService(t, "uncached", options)
		hangUp(t, c.URL, func(i int) string {
			return fmt.Sprintf("GET /categories/%d/summary HTTP/1.1\r\nHost: x\r\n\r\n", 250+i%50)
		})
		// What was given up is first cancelled on the server, which takes as long as the machine has others to serve.
		for deadline := time.Now().Add(time.Minute); query(t, dsn, active) != "0" && time.Now().Before(deadline); {
		}
		for i := range 40 {
			put(t, fmt.Sprintf("%s/products/%d/price", c.URL, i+1), 1000+i)
		}
		for _, line := range c.Words() {
			if strings.Contains(line, "SQLSTATE 25") { // invalid transaction state
				t.Errorf("it said %q", line)
			}
		}
		if n := query(t, dsn, `SELECT count(*)::text FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'`); n != "0" {
			t.Errorf("%s connections are left in a transaction", n)
		}
	})
	t.Run("writes", func(t *testing.T) {
		privateTmp(t)
		c := startService(t, "cached", options)
		const products = 10
		for i := range products {
			get(t, fmt.Sprintf("%s/products/%d", c.URL, i+1)) // cached
		}
		hangUp(t, c.URL, func(i int) string {
			body := fmt.Sprintf(`{"price_cents": %d}`, 1000+i)
			return fmt.Sprintf("PUT /products/%d/price HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", 1+i%products, len(body), body)
		})
		schema := query(t, dsn, `SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'bench\_%'`)
		for i := range products {
			// What was given up last may still be served; a page that is never forgotten stays for minutes.
			for deadline := time.Now().Add(20 * time.Second); ; {
				want := query(t, dsn, fmt.Sprintf(`SELECT '"price_cents":' || price_cents || ',' FROM %s.products WHERE id = %d`, schema, i+1))
				_, body := get(t, fmt.Sprintf("%s/products/%d", c.URL, i+1))
				if strings.Contains(body, want) {
					break
				}
				if time.Now().After(deadline) {
					t.Errorf("product %d: %s, the database says %s", i+1, body, want)
					break
				}
			}
		}
	})
}
