package main

import (
	"net"
	"os"
	"testing"

	"github.com/seed-5a006608/bench/loadgen"
)

func TestWhatIsOnThisMachine(t *testing.T) {
	hosts := map[string]bool{
		"0.0.0.0": true, "::": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true, "::ffff:127.0.0.1": true, "localhost": true, "a.localhost": true,
		"192.0.2.1": false, "2001:db8::1": false, "fe80::1%nowhere": false, "no.such.host.invalid": false,
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range own {
		hosts[a.(*net.IPNet).IP.String()] = true
	}
	if name, err := os.Hostname(); err == nil {
		if list, err := net.LookupHost(name); err == nil && len(list) > 0 {
			hosts[name] = true
		}
	}
	for host, want := range hosts {
		if got := isHere(host); got != want {
			t.Errorf("%s is on this machine: %v, want %v", host, got, want)
		}
	}
	o := driveOptions{base: loadgen.Plan{ConnectTo: "[::]:8080"}}
	if !o.staysHere("shop.test") {
		t.Error("connected to on this machine, it is not there")
	}
}
